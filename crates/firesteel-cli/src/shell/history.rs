//! Earlier lines, kept in a file from session to session: all but those that hold a secret.

use std::path::PathBuf;

use reedline::{FileBackedHistory, History, HistoryItem, HistoryItemId, HistorySessionId, Result, SearchQuery};

const ENTRIES_MAX: usize = 10_000;
/// Behind these words a secret may stand.
const SECRETIVE: &[&str] =
    &["password", "passwd", "secret", "token", "access.key", "access_key", "accesskey", "credential"];

/// `$XDG_STATE_HOME/firesteel/history`, or below `~/.local/state`.
fn file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = state.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")))?;
    Some(state.join("firesteel").join("history"))
}

/// The user's history; `None` where there is no place for it.
pub(super) fn open() -> Option<Result<Box<dyn History>>> {
    let history = FileBackedHistory::with_file(ENTRIES_MAX, file()?);
    Some(history.map(|history| Box::new(Discreet(history)) as Box<dyn History>))
}

/// A history that forgets what should not be in a file.
struct Discreet(FileBackedHistory);

/// A word that speaks of a secret, and behind it a value: `… password = 'x'`, `token 'x'`.
fn holds_secret(line: &str) -> bool {
    let line = line.to_lowercase();
    SECRETIVE.iter().any(|word| {
        let mut rest = line.as_str();
        while let Some(at) = rest.find(word) {
            rest = &rest[at + word.len()..];
            let behind = rest.trim_start_matches(|c: char| c.is_alphanumeric() || "._`'\"".contains(c)).trim_start();
            if behind.starts_with(['=', '\'', '"', ':']) || rest.trim_start().starts_with(['\'', '"']) {
                return true;
            }
        }
        false
    })
}

impl History for Discreet {
    fn save(&mut self, item: HistoryItem) -> Result<HistoryItem> {
        match holds_secret(&item.command_line) {
            true => Ok(item),
            false => self.0.save(item),
        }
    }

    fn load(&self, id: HistoryItemId) -> Result<HistoryItem> {
        self.0.load(id)
    }

    fn count(&self, query: SearchQuery) -> Result<i64> {
        self.0.count(query)
    }

    fn search(&self, query: SearchQuery) -> Result<Vec<HistoryItem>> {
        self.0.search(query)
    }

    fn update(&mut self, id: HistoryItemId, updater: &dyn Fn(HistoryItem) -> HistoryItem) -> Result<()> {
        self.0.update(id, updater)
    }

    fn clear(&mut self) -> Result<()> {
        self.0.clear()
    }

    fn delete(&mut self, id: HistoryItemId) -> Result<()> {
        self.0.delete(id)
    }

    fn sync(&mut self) -> std::io::Result<()> {
        self.0.sync()
    }

    fn session(&self) -> Option<HistorySessionId> {
        self.0.session()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_secrets_are_not_kept() {
        for line in ["set fs.s3a.secret.key = abc", "options (password 'x')", "OPTIONS ('api_token' = 'x')"] {
            assert!(holds_secret(line), "{line}");
        }
        for line in ["select token from words", "select count(*) from passwords", "select 1"] {
            assert!(!holds_secret(line), "{line}");
        }
    }

    #[test]
    fn entries_of_several_lines_come_back_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history");
        let open = || Discreet(FileBackedHistory::with_file(10, path.clone()).expect("a history"));
        let mut first = open();
        for line in ["select 1,\n  2;", "set a.password = 'x';", ".tables"] {
            first.save(HistoryItem::from_command_line(line)).expect("kept");
        }
        first.sync().expect("written");
        let all = open().search(SearchQuery::everything(reedline::SearchDirection::Forward, None)).expect("entries");
        let lines: Vec<_> = all.into_iter().map(|item| item.command_line).collect();
        assert_eq!(lines, ["select 1,\n  2;", ".tables"]);
    }
}
