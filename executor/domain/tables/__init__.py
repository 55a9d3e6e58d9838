"""Looking into tables: their columns, rows, numbers, and plots of them. Pure."""
