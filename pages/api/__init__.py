"""The product for programs: routes under /api/v1, a face of the workspace like the pages and the terminal."""
