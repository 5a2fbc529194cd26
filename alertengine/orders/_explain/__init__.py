"""Why a line got its order, and what would bring a lighter one."""
