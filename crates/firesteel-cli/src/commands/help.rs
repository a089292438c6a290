//! What commands there are, from their table.

use super::{ALL, Call, Command, Group};
use crate::complaint::complain;
use crate::run::{Flow, Runner, say};

pub(super) fn help(_: &mut Runner, call: &Call<'_>) -> Flow {
    if call.argument.is_empty() {
        say(&all());
        return Flow::Succeeded;
    }
    let wanted = call.argument.trim_start_matches(['.', '\\']);
    let named = |command: &&Command| {
        command.names.iter().any(|name| *name == call.argument || name.trim_start_matches(['.', '\\']) == wanted)
    };
    match ALL.iter().find(named) {
        Some(command) => {
            say(&format!("{}\n{}", usage(command), command.help));
            Flow::Succeeded
        }
        None => {
            complain(&super::unknown(call.argument));
            Flow::Failed
        }
    }
}

/// `.tables, \dt [PATTERN]`
fn usage(command: &Command) -> String {
    let names = command.names.join(", ");
    if command.arguments.is_empty() { names } else { format!("{names} {}", command.arguments) }
}

fn all() -> String {
    let width = ALL.iter().map(|command| usage(command).chars().count()).filter(|width| *width < 36).max().unwrap_or(0);
    let mut out = String::new();
    for (group, title) in Group::ALL {
        out.push_str(&format!("{title}\n"));
        for command in ALL.iter().filter(|command| command.group == group) {
            out.push_str(&format!("  {:<width$}  {}\n", usage(command), command.help));
        }
    }
    out.push_str(
        "\nA statement goes on until its ';'. Files are tables: SELECT * FROM 'data/*.parquet'.\n\
         Tab completes; Ctrl-R finds an earlier line, Ctrl-O opens this one in an editor; Ctrl-C stops the\n\
         running statement or drops the line.",
    );
    out
}
