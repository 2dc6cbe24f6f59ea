"""Units -> assignments and packets; returned files -> decisions; decisions -> the record."""
