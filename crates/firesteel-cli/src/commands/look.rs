//! How results look.

use clap::ValueEnum;

use super::{Call, refuse, switched};
use crate::complaint::complain;
use crate::output::target::Paging;
use crate::output::{Expanded, Format};
use crate::run::{Flow, Runner, say};

/// Turns a switch and says so.
fn switch(call: &Call<'_>, value: &mut bool, quiet: bool, on: &str, off: &str) -> Flow {
    match switched(*value, call.argument) {
        Some(new) => {
            *value = new;
            if !quiet {
                say(if new { on } else { off });
            }
            Flow::Succeeded
        }
        None => refuse(call),
    }
}

pub(super) fn mode(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let mut words = call.argument.split_whitespace();
    let Some(name) = words.next() else {
        say(&runner.display.format.name());
        return Flow::Succeeded;
    };
    let Ok(format) = Format::from_str(name, true) else {
        let names = Format::names();
        let near = names.iter().map(|known| (strsim::damerau_levenshtein(&name.to_lowercase(), known), known)).min();
        let hint = match near {
            Some((distance, known)) if distance <= 2 => format!(": did you mean {known}?"),
            _ => String::new(),
        };
        complain(&format!(".mode takes {}{hint}", names.join(", ")));
        return Flow::Failed;
    };
    runner.display.format = format;
    if let Some(table) = words.next() {
        runner.display.insert_into = table.to_owned();
    }
    Flow::Succeeded
}

pub(super) fn expanded(runner: &mut Runner, call: &Call<'_>) -> Flow {
    runner.display.expanded = match (call.argument, runner.display.expanded) {
        ("auto", _) => Expanded::Auto,
        ("on", _) | ("", Expanded::Off) => Expanded::On,
        ("off" | "", _) => Expanded::Off,
        _ => return refuse(call),
    };
    if !runner.options.quiet {
        say(match runner.display.expanded {
            Expanded::On => "Rows are shown as lines of names and values.",
            Expanded::Off => "Rows are shown as rows.",
            Expanded::Auto => "Rows are shown as lines of names and values when they are too wide.",
        });
    }
    Flow::Succeeded
}

pub(super) fn maxrows(runner: &mut Runner, call: &Call<'_>) -> Flow {
    match call.argument {
        "" => say(&runner.display.rows_max.to_string()),
        rows => match rows.parse() {
            Ok(rows) => runner.display.rows_max = rows,
            Err(_) => return refuse(call),
        },
    }
    Flow::Succeeded
}

pub(super) fn width(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let widths = call.argument.split([' ', ',']).filter(|width| !width.is_empty()).map(str::parse);
    match widths.collect() {
        Ok(widths) => {
            runner.display.widths = widths;
            Flow::Succeeded
        }
        Err(_) => refuse(call),
    }
}

pub(super) fn nullvalue(runner: &mut Runner, call: &Call<'_>) -> Flow {
    runner.display.null = match call.argument {
        "" => None,
        // Quotes are for those who want nothing at all.
        text => Some(text.trim_matches(['\'', '"']).to_owned()),
    };
    Flow::Succeeded
}

pub(super) fn headers(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let quiet = runner.options.quiet;
    switch(call, &mut runner.display.headers, quiet, "Names of columns are written.", "Names of columns are left out.")
}

pub(super) fn footer(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let quiet = runner.options.quiet;
    switch(call, &mut runner.display.footer, quiet, "Rows are counted.", "Rows are not counted.")
}

pub(super) fn timer(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let quiet = runner.options.quiet;
    switch(call, &mut runner.options.timing, quiet, "Times are told.", "Times are not told.")
}

pub(super) fn progress(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let quiet = runner.options.quiet;
    let (on, off) = ("Long queries show their progress.", "No progress is shown.");
    switch(call, &mut runner.options.progress, quiet, on, off)
}

pub(super) fn highlight(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let quiet = runner.options.quiet;
    switch(call, &mut runner.options.highlight, quiet, "Lines are coloured.", "Lines are not coloured.")
}

pub(super) fn pager(runner: &mut Runner, call: &Call<'_>) -> Flow {
    runner.options.paging = match call.argument {
        "" if runner.options.paging == Paging::Off => Paging::Auto,
        "" | "off" => Paging::Off,
        "auto" => Paging::Auto,
        "on" => Paging::On,
        command => {
            runner.options.pager = command.to_owned();
            Paging::Auto
        }
    };
    if !runner.options.quiet {
        say(&paging(runner));
    }
    Flow::Succeeded
}

fn paging(runner: &Runner) -> String {
    match runner.options.paging {
        Paging::Off => "No pager is used.".to_owned(),
        Paging::Auto => format!("What is taller than the screen goes through: {}", runner.options.pager),
        Paging::On => format!("Everything goes through: {}", runner.options.pager),
    }
}

pub(super) fn edit_mode(runner: &mut Runner, call: &Call<'_>) -> Flow {
    runner.options.vi = match call.argument {
        "" => {
            say(if runner.options.vi { "vi" } else { "emacs" });
            runner.options.vi
        }
        "vi" => true,
        "emacs" => false,
        _ => return refuse(call),
    };
    Flow::Succeeded
}

/// Each setting as the command that makes it so.
pub(super) fn show(runner: &mut Runner, _: &Call<'_>) -> Flow {
    let switch = |on: bool| if on { "on" } else { "off" }.to_owned();
    let (display, options) = (&runner.display, &runner.options);
    let expanded = match display.expanded {
        Expanded::On => "on",
        Expanded::Off => "off",
        Expanded::Auto => "auto",
    };
    let widths: Vec<_> = display.widths.iter().map(usize::to_string).collect();
    let paging = match options.paging {
        Paging::Off => "off".to_owned(),
        Paging::Auto => format!("auto ({})", options.pager),
        Paging::On => format!("on ({})", options.pager),
    };
    let lines = [
        (".mode", display.format.name()),
        (".expanded", expanded.to_owned()),
        (".maxrows", display.rows_max.to_string()),
        (".width", widths.join(" ")),
        (".nullvalue", display.null.clone().unwrap_or_default()),
        (".headers", switch(display.headers)),
        (".footer", switch(display.footer)),
        (".timer", switch(options.timing)),
        (".progress", switch(options.progress)),
        (".pager", paging),
        (".highlight", switch(options.highlight)),
        (".bail", switch(options.bail)),
        (".editmode", if options.vi { "vi" } else { "emacs" }.to_owned()),
    ];
    for (name, value) in lines {
        say(format!("{name:<11}{value}").trim_end());
    }
    Flow::Succeeded
}
