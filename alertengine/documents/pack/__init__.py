"""The evening pack of a city: what goes to who approves, members, departments, the public and the province."""
