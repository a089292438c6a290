//! Modes: the same statements must give the same bytes under every one of these sets of session settings.

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// As a user finds it.
    Default,
    /// Three-row batches on one worker: every batch boundary there is. The rest of a query is planned anew wherever it may.
    Batch3,
    /// Many workers on batches small enough that all of them get some.
    Workers,
    /// Without re-planning from run-time statistics.
    Static,
    /// Rows go to disk as soon as an operator holds any, on many workers.
    Spill,
    /// Only the rules that a plan cannot run without.
    RulesOff,
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Mode::Default => "default",
            Mode::Batch3 => "batch3",
            Mode::Workers => "workers",
            Mode::Static => "static",
            Mode::Spill => "spill",
            Mode::RulesOff => "rules-off",
        }
    }

    pub(crate) fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Mode::Default => &[],
            Mode::Batch3 => &[
                ("firesteel.execution.batchRows", "3"),
                ("firesteel.execution.workers", "1"),
                ("firesteel.adaptive.rowsMin", "0"),
            ],
            Mode::Workers => &[
                ("firesteel.execution.batchRows", "16"),
                ("firesteel.execution.workers", "8"),
                ("firesteel.execution.parallelRowsMin", "0"),
            ],
            Mode::Static => &[("spark.sql.adaptive.enabled", "false")],
            Mode::Spill => &[
                ("firesteel.spill.operatorBytesMax", "1"),
                ("firesteel.execution.batchRows", "64"),
                ("firesteel.execution.workers", "4"),
                ("firesteel.execution.parallelRowsMin", "0"),
            ],
            Mode::RulesOff => &[("firesteel.optimizer.optionalRules", "false")],
        }
    }
}
