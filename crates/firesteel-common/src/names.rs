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

/// Of a name of megabytes only the begin is compared with others: the time that takes grows with both lengths.
const COMPARED_CHARS: usize = 200;

fn head(name: &str) -> String {
    name.chars().take(COMPARED_CHARS).flat_map(char::to_lowercase).collect()
}

/// Up to five candidates, nearest first, as an error's `proposal` lists them.
pub fn suggestions<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = head(wanted);
    let mut ranked: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        if !ranked.iter().any(|(_, known)| *known == candidate) {
            ranked.push((strsim::levenshtein(&wanted, &candidate.to_lowercase()), candidate));
        }
    }
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked.into_iter().take(5).map(|(_, name)| name).collect()
}

/// ``Did you mean `name`?``, when a candidate is so near that a slip of the keys explains it.
pub fn did_you_mean<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let (wanted, length) = (head(wanted), wanted.chars().count());
    if length > COMPARED_CHARS {
        return None;
    }
    let distance = |candidate: &str| strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase());
    let (distance, nearest) = candidates.into_iter().map(|candidate| (distance(candidate), candidate)).min()?;
    let is_near = (1..length).contains(&distance) && distance <= (length / 3).max(1);
    is_near.then(|| format!("Did you mean {}?", quote(nearest)))
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

    #[test]
    fn only_near_names_are_meant() {
        assert_eq!(did_you_mean("cuont", ["sum", "count"]).as_deref(), Some("Did you mean `count`?"));
        assert_eq!(did_you_mean("frobnicate", ["sum", "count"]), None);
    }
}
