startThemes();
