"""What both fronts of the site share: the unit of work, access, live updates, languages, errors."""
