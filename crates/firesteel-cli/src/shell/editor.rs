//! The line editor: what keys do, and the pure functions of this module in the editor's terms.

use std::borrow::Cow;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use firesteel::sql::End;
use nu_ansi_term::{Color, Style};
use reedline::{
    ColumnarMenu, Completer, CompletionResult, DefaultHinter, EditCommand, EditMode, Emacs, Highlighter, KeyCode,
    KeyModifiers, Keybindings, MenuBuilder, Prompt, PromptEditMode, PromptHistorySearch, PromptHistorySearchStatus,
    PromptViMode, Reedline, ReedlineEvent, ReedlineMenu, Span, StyledText, Suggestion, ValidationResult, Validator, Vi,
    default_emacs_keybindings, default_vi_insert_keybindings, default_vi_normal_keybindings,
    default_vi_visual_keybindings,
};

use super::complete::{Choice, complete};
use super::dictionary::SessionDictionary;
use super::highlight::{Class, highlight};
use super::{bare, history};
use crate::commands;
use crate::complaint::complain;
use crate::run::Runner;
use crate::script::Script;
use crate::terminal;

const MENU: &str = "completion";

pub(super) struct Editor {
    pub(super) line: Reedline,
    vi: bool,
    shared: Arc<Mutex<Shared>>,
}

/// What the editor's parts ask.
struct Shared {
    words: SessionDictionary,
    highlight: bool,
}

fn locked(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Editor {
    pub(super) fn new(runner: &Runner) -> Self {
        let words = SessionDictionary::new(runner.session.clone());
        let shared = Arc::new(Mutex::new(Shared { words, highlight: true }));
        let menu = ColumnarMenu::default().with_name(MENU).with_columns(4).with_column_padding(2).with_marker("> ");
        let mut line = Reedline::create()
            .with_validator(Box::new(UntilSemicolon))
            .with_highlighter(Box::new(Colors(Arc::clone(&shared))))
            .with_completer(Box::new(Choices(Arc::clone(&shared))))
            .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
            .with_edit_mode(edit_mode(runner.options.vi))
            .with_quick_completions(true)
            .with_partial_completions(true)
            .with_ansi_colors(terminal::wants_color())
            // A line that begins with a blank is nobody's business.
            .with_history_exclusion_prefix(Some(" ".to_owned()))
            .use_bracketed_paste(!terminal::is_dumb());
        // Without colours nobody could tell it from what was typed.
        if terminal::wants_color() {
            line = line.with_hinter(Box::new(DefaultHinter::default().with_style(Style::new().dimmed())));
        }
        match history::open() {
            Some(Ok(history)) => line = line.with_history(history),
            Some(Err(error)) => complain(&format!("history is not kept: {error}")),
            None => {}
        }
        let editor = commands::editor();
        let mut words = editor.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or("vi"));
        let path = commands::temporary();
        command.args(words).arg(&path);
        Self { line: line.with_buffer_editor(command, path), vi: runner.options.vi, shared }
    }

    /// Before a line is read: what statements and commands may have changed.
    pub(super) fn prepare(&mut self, runner: &Runner) {
        if self.vi != runner.options.vi {
            self.vi = runner.options.vi;
            let line = std::mem::replace(&mut self.line, Reedline::create());
            self.line = line.with_edit_mode(edit_mode(self.vi));
        }
        let mut shared = locked(&self.shared);
        shared.words.forget();
        shared.highlight = runner.options.highlight;
    }
}

fn edit_mode(vi: bool) -> Box<dyn EditMode> {
    match vi {
        true => Box::new(Vi::new(
            with_completion(default_vi_insert_keybindings()),
            default_vi_normal_keybindings(),
            default_vi_visual_keybindings(),
        )),
        false => Box::new(Emacs::new(with_completion(default_emacs_keybindings()))),
    }
}

fn with_completion(mut keys: Keybindings) -> Keybindings {
    let complete = vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext];
    keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, ReedlineEvent::UntilFound(complete));
    keys.add_binding(KeyModifiers::SHIFT, KeyCode::BackTab, ReedlineEvent::MenuPrevious);
    keys.add_binding(KeyModifiers::ALT, KeyCode::Enter, ReedlineEvent::Edit(vec![EditCommand::InsertNewline]));
    keys
}

struct UntilSemicolon;

impl Validator for UntilSemicolon {
    fn validate(&self, text: &str) -> ValidationResult {
        match bare(text).is_some() || Script::of(text).end == End::Complete {
            true => ValidationResult::Complete,
            false => ValidationResult::Incomplete,
        }
    }
}

struct Colors(Arc<Mutex<Shared>>);

impl Highlighter for Colors {
    fn highlight(&self, line: &str, cursor: usize) -> StyledText {
        let mut shared = locked(&self.0);
        let classes = if shared.highlight { highlight(line, cursor, &mut shared.words) } else { Vec::new() };
        let mut styled = StyledText::new();
        let mut at = 0;
        for (span, class) in classes {
            let (start, end) = (span.start as usize, span.end as usize);
            if at < start {
                styled.push((Style::default(), line[at..start].to_owned()));
            }
            styled.push((style(class), line[start..end].to_owned()));
            at = end;
        }
        styled.push((Style::default(), line[at..].to_owned()));
        styled
    }
}

fn style(class: Class) -> Style {
    let plain = Style::new();
    match class {
        Class::Plain => plain,
        Class::Keyword => plain.fg(Color::Blue).bold(),
        Class::Function => plain.fg(Color::Cyan),
        Class::Text => plain.fg(Color::Green),
        Class::Number => plain.fg(Color::Magenta),
        Class::Comment => plain.dimmed().italic(),
        Class::Name => plain.fg(Color::Yellow),
        Class::Command => plain.fg(Color::Cyan).bold(),
        Class::Wrong => plain.fg(Color::Red),
        Class::Partner => plain.bold().underline(),
    }
}

struct Choices(Arc<Mutex<Shared>>);

impl Completer for Choices {
    fn complete(&mut self, line: &str, cursor: usize) -> CompletionResult {
        let choices = complete(line, cursor, &mut locked(&self.0).words);
        let suggestion = |choice: Choice| Suggestion {
            value: choice.text,
            description: Some(choice.about).filter(|about| !about.is_empty()),
            span: Span::new(choice.from, cursor),
            append_whitespace: choice.ends,
            ..Suggestion::default()
        };
        CompletionResult::fresh(choices.into_iter().map(suggestion).collect::<Vec<_>>())
    }
}

pub(super) struct ShellPrompt;

impl Prompt for ShellPrompt {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed("firesteel")
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, mode: PromptEditMode) -> Cow<'_, str> {
        match mode {
            PromptEditMode::Vi(PromptViMode::Normal) => Cow::Borrowed(": "),
            _ => Cow::Borrowed("> "),
        }
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("       -> ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let failing = if matches!(search.status, PromptHistorySearchStatus::Failing) { "failing " } else { "" };
        Cow::Owned(format!("({failing}search: {}) ", search.term))
    }
}
