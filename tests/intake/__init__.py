"""What came in wrong once, case by case: ids are those of the table of cases the project was given."""
