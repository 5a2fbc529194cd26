"""What a bureau enters into its own rules folder: its plan, and what became of documents and closed lists."""
