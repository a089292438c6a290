//! A long talk with the shell, screen by screen, in two sizes of terminal. What the screens shall show is kept in
//! `tests/screens`; `UPDATE_SCREENS=1` writes it anew, for somebody to read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::tempdir;

use crate::terminal::{CTRL_C, CTRL_L, CTRL_R, Session, Start, UP};

/// What is typed, a screen each. `⏎` is Enter, `⇥` Tab, `^` what is in the list below.
const TALK: &[&str] = &[
    "select 40 + 2 as answer;⏎",
    "select 'a;b' -- not here: ;⏎  as text,⏎  6 * 7 as number;⏎",
    "select * from lineitem order by l_orderkey, l_linenumber limit 3;⏎",
    "\\x auto⏎select * from supplier order by s_suppkey limit 2;⏎",
    "\\x off⏎select s_name, s_address, s_phone, s_comment from supplier order by s_suppkey limit 3;⏎",
    ".maxrows 5⏎select n_nationkey, n_name from nation order by 1;⏎",
    "select * from values (1, null, '日本'), (2, 'x', '🔥'), (3, '', 'é') as t(id, s, w);⏎",
    ".nullvalue none⏎select null as a, 1.50 as b, true as c;⏎.nullvalue⏎",
    "create temp view v as select 1 as a;⏎",
    "select nobody from nation;⏎",
    "select * from natoin;⏎",
    "selct 1;⏎",
    "select 1 / 0;⏎",
    ".tabels⏎\\timng⏎",
    ".help mode⏎",
    "\\dt⏎",
    ".tables n*⏎",
    "\\d nation⏎",
    "\\dv⏎",
    "\\df subst*⏎",
    "\\h substr⏎",
    "\\dn⏎\\l⏎",
    ".mode csv⏎select 1 as a, null as b, 'x,y' as c;⏎",
    ".mode tsv⏎select 1 as a, null as b, 'x' as c;⏎",
    ".mode json⏎select 1 as a, null as b, array(1, 2) as c;⏎",
    ".mode jsonl⏎select id from values (1), (2) as t(id);⏎",
    ".mode markdown⏎select 1 as a, 'b|c' as d;⏎",
    ".mode line⏎select 1 as a, 'two' as long_name;⏎",
    ".mode vertical⏎select r_regionkey, r_name from region order by 1 limit 2;⏎",
    ".mode insert t⏎select 1 as a, 'it''s' as b, date '2024-02-29' as c;⏎",
    ".mode ascii⏎select r_regionkey, r_name from region order by 1;⏎",
    ".mode xml⏎.mode table⏎",
    "select * from nat⇥",
    "select n_⇥^C",
    "SEL⇥",
    "select * from nation n where n.⇥",
    "set spark.sql.session.t⇥",
    ".mo⇥",
    "select 1 as one, 2 as two \\gx⏎",
    "\\g⏎",
    "^U",
    "^Rnatoin",
    "select true && false;⏎",
    "set spark.sql.session.timeZone = Asia/Tokyo; select timestamp '2024-01-01 00:00:00 UTC' as t;⏎",
    "select 1; select nobody; select 2;⏎",
    "\\echo the end⏎",
];

#[test]
fn screens_of_80_by_24() {
    play(80, 24);
}

#[test]
fn screens_of_200_by_50() {
    play(200, 50);
}

fn play(columns: u16, rows: u16) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/screens/{columns}x{rows}.txt"));
    let update = std::env::var_os("UPDATE_SCREENS").is_some();
    let expected = if update { BTreeMap::new() } else { read(&path) };
    let home = tempdir().expect("a folder");
    let variables = [("NO_COLOR", "1"), ("PAGER", "cat")];
    let arguments = ["--threads", "2"];
    let mut shell =
        Session::start_as(&Start { columns, rows, home: home.path(), variables: &variables, arguments: &arguments });
    shell.expect("> ");
    let mut screens = Vec::new();
    for (at, typed) in TALK.iter().enumerate() {
        clear(&shell);
        shell.send(&keys(typed));
        let title = format!("{:02} {typed}", at + 1);
        match expected.get(&title) {
            _ if update => {
                shell.wait_until(|shell| shell.quiet() > Duration::from_secs(2));
            }
            Some(expected) => {
                let same = shell.wait_until(|shell| steady(&shell.screen()) == *expected);
                assert!(same, "{title}: expected\n{expected}\n\nshown\n{}", steady(&shell.screen()));
            }
            None => panic!("{} has no screen {title:?}: run with UPDATE_SCREENS=1", path.display()),
        }
        screens.push((title, steady(&shell.screen())));
    }
    if update {
        write(&path, &screens);
    }
    assert!(update || expected.len() == TALK.len(), "{} has screens that are no longer shown", path.display());
    clear(&shell);
    shell.line("quit");
    shell.ends_with(0);
}

/// An empty line on an empty screen.
fn clear(shell: &Session) {
    let lines = shell.lines_begun();
    shell.send(CTRL_C);
    assert!(shell.wait_until(|shell| shell.lines_begun() > lines), "no new line: {}", shell.screen());
    let prompt_is_last = |shell: &Session| shell.screen().trim_end().ends_with("firesteel>");
    assert!(shell.wait_until(prompt_is_last), "no prompt: {}", shell.screen());
    shell.send(CTRL_L);
    assert!(shell.wait_until(|shell| shell.screen().trim() == "firesteel>"), "not cleared: {}", shell.screen());
}

fn keys(typed: &str) -> String {
    let typed = typed.replace('⏎', "\r").replace('⇥', "\t");
    typed.replace("^C", CTRL_C).replace("^R", CTRL_R).replace("^U", UP)
}

/// What is the same each time: without durations and without blanks at the ends of lines.
fn steady(screen: &str) -> String {
    let mut lines = Vec::new();
    for line in screen.lines() {
        let line = line.trim_end();
        let timed = line
            .rsplit_once(" in ")
            .filter(|(_, time)| time.ends_with(['s']) && time.starts_with(|c: char| c.is_ascii_digit()));
        lines.push(timed.map_or_else(|| line.to_owned(), |(line, _)| format!("{line} in …")));
    }
    lines.join("\n").trim_end().to_owned()
}

const TITLE: &str = "════ ";

fn read(path: &PathBuf) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut screens = BTreeMap::new();
    for section in text.split(&format!("\n{TITLE}")).skip(1) {
        let (title, screen) = section.split_once('\n').unwrap_or((section, ""));
        screens.insert(title.to_owned(), screen.trim_end().to_owned());
    }
    screens
}

fn write(path: &Path, screens: &[(String, String)]) {
    let mut text = "Screens of a talk with the shell, written by the tests with UPDATE_SCREENS=1.\n".to_owned();
    for (title, screen) in screens {
        text.push_str(&format!("\n{TITLE}{title}\n{screen}\n"));
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("written");
}
