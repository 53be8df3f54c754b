"""What is kept: one DuckDB file and the only SQL of the product."""
