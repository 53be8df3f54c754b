"""What pages share: charts that return figures, badges, escaping."""
