"""What a person reads as a file: response, season, backtest, coverage, dossier, evaluation; the archive zip."""
