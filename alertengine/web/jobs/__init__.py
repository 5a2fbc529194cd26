"""Long work of the page as jobs: a kept queue, a process a job, progress, cancelling, results by hash."""
