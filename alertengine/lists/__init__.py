"""Enterprise lists: from a file or a DataFrame to typed lines, versions, differences, synthetic lists."""
