//! Names as users write them: case-insensitive, quoted with back-ticks, often misspelt.

/// Whether two identifiers name the same thing (Spark's default, `spark.sql.caseSensitive=false`).
pub fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase()
}

/// `` `a`.`b` ``: how error messages quote a name, dots and back-ticks inside it kept apart.
pub fn quote_parts<S: AsRef<str>>(parts: &[S]) -> String {
    parts.iter().map(|part| quote(part.as_ref())).collect::<Vec<_>>().join(".")
}

pub fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// The name as it is when it needs no quotes, else in back-ticks.
pub fn quote_if_needed(name: &str) -> String {
    let plain = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain { name.to_owned() } else { quote(name) }
}

/// Up to five candidates, nearest first, as an error's `proposal` lists them.
pub fn suggestions<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let mut ranked: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        if !ranked.iter().any(|(_, known)| *known == candidate) {
            ranked.push((strsim::levenshtein(&wanted, &candidate.to_lowercase()), candidate));
        }
    }
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked.into_iter().take(5).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_first() {
        assert_eq!(suggestions("nmae", ["id", "name", "comment"])[0], "name");
        assert_eq!(quote_parts(&["a", "b`c"]), "`a`.`b``c`");
        assert_eq!(quote_if_needed("a b"), "`a b`");
    }
}
