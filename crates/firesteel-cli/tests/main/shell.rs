//! The shell in a terminal.

use std::fs;

use tempfile::tempdir;
use vt100::Color;

use crate::terminal::{A_NEW_LINE_BEGINS, CTRL_C, Session, Start, UP};

#[test]
fn statements_and_commands() {
    let state = tempdir().expect("a folder");
    let mut shell = Session::start(state.path());
    shell.line("select 40 + 2 as answer;");
    shell.expect("│     42 │");
    shell.expect("1 row");
    // From its first line to the `;`.
    shell.line("select 'a;b'");
    shell.line("  as text,");
    shell.line("  6 * 7 as number;");
    shell.expect("a;b");
    shell.expect("1 row");
    shell.line("select nobody;");
    shell.expect("[UNRESOLVED_COLUMN");
    shell.expect("^^^^^^");
    shell.line(".help");
    shell.expect(".timer, \\timing [on|off]");
    shell.line(".tabels");
    shell.expect("unknown command .tabels: did you mean .tables?");
    shell.line(".tables");
    shell.expect("lineitem");
    shell.line(".schema nation");
    shell.expect("n_regionkey");
    shell.line(".mode csv");
    shell.line("select 1 as a, 2 as b;");
    shell.expect("a,b\r\n1,2\r\n");
    shell.line(".mode xml");
    shell.expect(".mode takes table, csv");
    shell.line(".timer on");
    shell.line("select 3;");
    shell.expect("Time: ");
    shell.line(".mode table");
    shell.line("select * from lineitem limit 1;");
    shell.expect("1 row, 16 columns (");
    shell.expect(" in ");
    shell.leave();
}

#[test]
fn ctrl_c_stops_the_statement_and_not_the_shell() {
    let state = tempdir().expect("a folder");
    let mut shell = Session::start(state.path());
    shell.line("select count(*) from lineitem a cross join lineitem b cross join lineitem c where a.l_tax + b.l_tax + c.l_tax > 7;");
    // The progress of long queries is shown: it runs.
    shell.expect(" rows scanned, ");
    shell.send(CTRL_C);
    shell.expect("[OPERATION_CANCELED]");
    shell.line("select 'still' || ' here' as answer;");
    shell.expect("still here");
    shell.expect(A_NEW_LINE_BEGINS);
    // While a line is edited it drops the line.
    shell.send("select nonsense");
    shell.expect("nonsense");
    shell.send(CTRL_C);
    shell.expect(A_NEW_LINE_BEGINS);
    shell.line("select 'a new ' || 'line' as answer;");
    shell.expect("a new line");
    shell.line(".quit");
    shell.ends_with(0);
}

#[test]
fn history_outlives_the_session() {
    let state = tempdir().expect("a folder");
    let mut first = Session::start(state.path());
    first.line("select 'remember' || ' this';");
    first.expect("remember this");
    first.line("quit");
    first.ends_with(0);
    let mut second = Session::start(state.path());
    // `quit` is the last entry, the statement the one before.
    second.send(UP);
    second.send(UP);
    second.expect("'remember' || ' this'");
    second.send("\r");
    second.expect("remember this");
    second.leave();
    assert!(state.path().join("firesteel/history").exists());
}

#[test]
fn the_last_result_is_shown_again_as_it_was() {
    let home = tempdir().expect("a folder");
    let mut shell = Session::start(home.path());
    shell.line(".last");
    shell.expect("there is no result yet");
    shell.line("select uuid() as drawn;");
    shell.expect("1 row");
    let drawn = |screen: &str| {
        let words = screen.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
        words.filter(|word| word.len() == 36).map(str::to_owned).collect::<Vec<_>>()
    };
    let before = drawn(&shell.screen());
    assert_eq!(before.len(), 1, "{}", shell.screen());
    shell.line(".mode json");
    shell.expect(A_NEW_LINE_BEGINS);
    shell.line(".last");
    shell.expect("{\"drawn\":");
    let so = |shell: &Session| drawn(&shell.screen()) == [before[0].as_str(), before[0].as_str()];
    assert!(shell.wait_until(so), "{}", shell.screen());
    shell.line(".quit");
    shell.ends_with(0);
}

#[test]
fn colors_while_a_line_is_edited() {
    let home = tempdir().expect("a folder");
    let start = Start { columns: 100, rows: 30, home: home.path(), variables: &[], arguments: &[] };
    let mut shell = Session::start_as(&start);
    shell.expect("> ");
    shell.send("select 'text', 42, n_name from nobody n join nation m");
    let shows = |text: &'static str, color| move |shell: &Session| shell.color_of(text) == Some(color);
    assert!(shell.wait_until(shows("nobody", Color::Idx(1))), "{}", shell.screen());
    for (text, color) in [
        ("select", Color::Idx(4)),
        ("'text'", Color::Idx(2)),
        ("42", Color::Idx(5)),
        ("n_name", Color::Default),
        ("nation", Color::Default),
    ] {
        assert_eq!(shell.color_of(text), Some(color), "{text}");
    }
    shell.line(";");
    shell.expect("TABLE_OR_VIEW_NOT_FOUND");
    assert!(shell.wait_until(shows("[TABLE_OR_VIEW", Color::Idx(1))), "{}", shell.screen());
    shell.line(".highlight off");
    shell.expect("not coloured");
    shell.expect(A_NEW_LINE_BEGINS);
    shell.send("select plain");
    assert!(shell.wait_until(|shell| shell.color_of("select plain").is_some()), "{}", shell.screen());
    assert_eq!(shell.color_of("select plain"), Some(Color::Default));
    shell.send(CTRL_C);
    shell.leave();
}

#[test]
fn no_colors_where_none_are_wished() {
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let home = tempdir().expect("a folder");
        let start = Start { columns: 100, rows: 30, home: home.path(), variables: &[variable], arguments: &[] };
        let mut shell = Session::start_as(&start);
        shell.expect("> ");
        shell.line("select 'x', nobody from nobody;");
        shell.expect("TABLE_OR_VIEW_NOT_FOUND");
        for text in ["select", "'x'", "[TABLE_OR"] {
            assert!(shell.wait_until(|shell| shell.color_of(text) == Some(Color::Default)), "{variable:?} {text}");
        }
        shell.line(".quit");
        shell.ends_with(0);
    }
}

#[test]
fn an_init_file_runs_before_the_first_prompt() {
    let home = tempdir().expect("a folder");
    fs::write(home.path().join(".firesteelrc"), ".mode csv\nset a.b = 7;\n.timer on\n").expect("written");
    let mut shell = Session::start(home.path());
    shell.line("select 1 as one;");
    shell.expect("one\r\n1\r\n");
    shell.expect("Time: ");
    shell.line("set a.b;");
    shell.expect("a.b,7");
    shell.leave();
    let no_init = ["--no-init"];
    let start = Start { columns: 80, rows: 40, home: home.path(), variables: &[], arguments: &no_init };
    let mut shell = Session::start_as(&start);
    shell.expect("> ");
    shell.line("select 1 as one;");
    shell.expect("1 row");
    shell.leave();
}

#[test]
fn a_pager_shows_what_is_taller_than_the_screen() {
    let home = tempdir().expect("a folder");
    // It reads a little and leaves, as people do.
    let variables = [("NO_COLOR", "1"), ("PAGER", "head -n 5; echo paged")];
    let start = Start { columns: 80, rows: 20, home: home.path(), variables: &variables, arguments: &[] };
    let mut shell = Session::start_as(&start);
    shell.expect("> ");
    shell.line("select 'short' || ' one';");
    shell.expect("1 row in");
    shell.line("select * from lineitem;");
    shell.expect("paged");
    shell.line(".mode csv");
    shell.line("select * from lineitem;");
    shell.expect("paged");
    shell.line(".pager off");
    shell.expect("No pager is used.");
    shell.line("select n_nationkey from nation order by 1;");
    shell.expect("\r\n24\r\n");
    shell.leave();
}

#[test]
fn keys_of_vi() {
    let home = tempdir().expect("a folder");
    fs::write(home.path().join(".firesteelrc"), ".editmode vi\n").expect("written");
    let mut shell = Session::start(home.path());
    // Escape, to the line's begin, delete a word, insert another. Enter comes later: many keys at once are a paste.
    shell.send("x");
    assert!(shell.wait_until(|shell| shell.screen().contains("> x")), "{}", shell.screen());
    shell.send("xxxxx 'v' || 'i' as word;");
    assert!(shell.wait_until(|shell| shell.screen().contains("as word;")), "{}", shell.screen());
    shell.send("\u{1b}");
    shell.expect("firesteel: ");
    shell.send("0dwiselect ");
    let changed = |shell: &Session| shell.screen().contains("> select 'v' || 'i' as word;");
    assert!(shell.wait_until(changed), "{}", shell.screen());
    shell.send("\r");
    shell.expect("│ vi");
    shell.expect(A_NEW_LINE_BEGINS);
    shell.expect("> ");
    shell.line(".editmode emacs");
    shell.expect(A_NEW_LINE_BEGINS);
    shell.expect("> ");
    shell.send("xxxxxx 'em' || 'acs' as word;\u{1}\u{1b}dselect");
    let changed = |shell: &Session| shell.screen().contains("> select 'em' || 'acs' as word;");
    assert!(shell.wait_until(changed), "{}", shell.screen());
    shell.send("\r");
    shell.expect("│ emacs");
    shell.leave();
}

#[test]
fn an_editor_brings_statements() {
    let home = tempdir().expect("a folder");
    let editor = home.path().join("editor.sh");
    // It changes what it is given.
    fs::write(&editor, "sed -i s/before/after/ \"$1\"\n").expect("written");
    let editor = format!("sh {}", editor.display());
    let variables = [("NO_COLOR", "1"), ("EDITOR", editor.as_str())];
    let start = Start { columns: 80, rows: 40, home: home.path(), variables: &variables, arguments: &[] };
    let mut shell = Session::start_as(&start);
    shell.expect("> ");
    shell.line("select 'be' || 'fore';");
    shell.expect("1 row");
    shell.line("select 'before' as word;");
    shell.expect("1 row");
    shell.line("\\e");
    shell.expect("select 'after' as word");
    shell.expect("│ after");
    shell.line("quit");
    shell.ends_with(0);
}

#[test]
fn a_statement_of_megabytes_is_pasted() {
    let home = tempdir().expect("a folder");
    let mut shell = Session::start(home.path());
    let long = "x".repeat(2_000_000);
    // As terminals paste: between two marks.
    shell.send(&format!("\u{1b}[200~select length('{long}') as n;\u{1b}[201~"));
    shell.send("\r");
    shell.expect("2000000 │");
    shell.leave();
}
