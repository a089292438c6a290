//! Window functions: what a call computes for each row from the rows of its partition.
//!
//! ```text
//! partition, ordered   │ row │ row │ current row │ row │ row │        rank() looks at places,
//!                            └──────── frame ────────┘               sum(x) at the rows of the frame,
//!                                                                    lag(x) at one row beside the current one
//! ```
//! Every aggregate is a window function too. The others are listed in [`FUNCTIONS`].

use firesteel_common::{ColumnIds, Result, SqlType};
use serde::{Deserialize, Serialize};

use crate::aggregate::AggregateCall;
use crate::expr::ExprRef;
use crate::function::Doc;

/// A function applied over a window; partition and order stand beside it, in the plan node.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WindowCall {
    pub function: WindowFunction,
    pub frame: Frame,
    pub data_type: SqlType,
    pub nullable: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WindowFunction {
    /// Over the rows of the frame; never DISTINCT.
    Aggregate(AggregateCall),
    /// The value of one row of the frame; NULL if the frame has no such row.
    Value {
        input: ExprRef,
        place: Place,
        ignore_nulls: bool,
    },
    /// The value of the row so many rows after the current one (before it, if negative), of the partition and not of the
    /// frame; `default`, over the current row, if there is none.
    Offset {
        input: ExprRef,
        offset: i64,
        default: ExprRef,
        ignore_nulls: bool,
    },
    Ranking(Ranking),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    First,
    Last,
    /// From the frame's start, from 1.
    Nth(u64),
}

/// What depends on the order alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ranking {
    RowNumber,
    Rank,
    DenseRank,
    PercentRank,
    CumeDist,
    /// As many buckets as even as can be.
    Ntile(u32),
}

impl Ranking {
    pub fn data_type(self) -> SqlType {
        match self {
            Ranking::PercentRank | Ranking::CumeDist => SqlType::Double,
            _ => SqlType::Int,
        }
    }

    /// The highest number of a row: one more is an INT as well, so that `rank + 1` cannot overflow.
    pub const MAX: i32 = i32::MAX - 1;

    /// Whether it numbers rows from one as they come: what is among the first does not depend on the rows after them.
    pub fn counts_up(self) -> bool {
        matches!(self, Ranking::RowNumber | Ranking::Rank | Ranking::DenseRank)
    }
}

/// The rows around the current one that a call looks at. An end that comes before the start leaves no rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Frame {
    pub start: Bound,
    pub end: Bound,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Bound {
    /// The partition's first row as a start, its last one as an end.
    Unbounded,
    /// ROWS: so many rows after the current one, before it if negative.
    Rows(i64),
    /// RANGE CURRENT ROW: the first or the last row that orders as the current one does.
    Peers,
    /// RANGE with an offset: the rows from or up to this value of the one order key, computed over the current row.
    Value(ExprRef),
}

impl Frame {
    pub const WHOLE: Frame = Frame { start: Bound::Unbounded, end: Bound::Unbounded };

    pub fn values(&self) -> impl Iterator<Item = &ExprRef> {
        [&self.start, &self.end].into_iter().filter_map(|bound| match bound {
            Bound::Value(value) => Some(value),
            _ => None,
        })
    }

    fn map_values(&self, map: &mut dyn FnMut(&ExprRef) -> Result<ExprRef>) -> Result<Frame> {
        let mut mapped = |bound: &Bound| -> Result<Bound> {
            Ok(match bound {
                Bound::Value(value) => Bound::Value(map(value)?),
                other => other.clone(),
            })
        };
        Ok(Frame { start: mapped(&self.start)?, end: mapped(&self.end)? })
    }
}

impl WindowCall {
    /// Everything evaluated by row: arguments, filter, bounds.
    pub fn inputs(&self) -> Vec<&ExprRef> {
        let arguments: Vec<&ExprRef> = match &self.function {
            WindowFunction::Aggregate(call) => call.inputs().collect(),
            WindowFunction::Value { input, .. } => vec![input],
            WindowFunction::Offset { input, default, .. } => vec![input, default],
            WindowFunction::Ranking(_) => Vec::new(),
        };
        arguments.into_iter().chain(self.frame.values()).collect()
    }

    /// The same call over other inputs.
    pub fn map_inputs(&self, map: &mut dyn FnMut(&ExprRef) -> Result<ExprRef>) -> Result<WindowCall> {
        let function = match &self.function {
            WindowFunction::Aggregate(call) => WindowFunction::Aggregate(call.map_inputs(map)?),
            WindowFunction::Value { input, place, ignore_nulls } => {
                WindowFunction::Value { input: map(input)?, place: *place, ignore_nulls: *ignore_nulls }
            }
            WindowFunction::Offset { input, offset, default, ignore_nulls } => WindowFunction::Offset {
                input: map(input)?,
                offset: *offset,
                default: map(default)?,
                ignore_nulls: *ignore_nulls,
            },
            WindowFunction::Ranking(ranking) => WindowFunction::Ranking(*ranking),
        };
        Ok(WindowCall { function, frame: self.frame.map_values(map)?, ..self.clone() })
    }

    /// As EXPLAIN shows it: `sum(n#3) ROWS BETWEEN -1 AND 1`.
    pub fn display(&self, ids: &ColumnIds) -> String {
        let nulls = |ignored: bool| if ignored { " IGNORE NULLS" } else { "" };
        let function = match &self.function {
            WindowFunction::Aggregate(call) => {
                let args: Vec<_> = call.args.iter().map(|arg| arg.display(ids).to_string()).collect();
                let filter = call.filter.as_ref().map(|filter| format!(" FILTER (WHERE {})", filter.display(ids)));
                format!("{}({}){}", call.function.name, args.join(", "), filter.unwrap_or_default())
            }
            WindowFunction::Value { input, place, ignore_nulls } => {
                let name = match place {
                    Place::First => "first".to_owned(),
                    Place::Last => "last".to_owned(),
                    Place::Nth(n) => format!("nth_value {n}"),
                };
                format!("{name}({}){}", input.display(ids), nulls(*ignore_nulls))
            }
            WindowFunction::Offset { input, offset, default, ignore_nulls } => {
                format!("offset {offset}({}, {}){}", input.display(ids), default.display(ids), nulls(*ignore_nulls))
            }
            WindowFunction::Ranking(ranking) => return format!("{ranking:?}"),
        };
        match &self.function {
            WindowFunction::Offset { .. } => function,
            _ => format!("{function} {}", self.frame.display(ids)),
        }
    }
}

impl Frame {
    fn display(&self, ids: &ColumnIds) -> String {
        let bound = |bound: &Bound| match bound {
            Bound::Unbounded => "UNBOUNDED".to_owned(),
            Bound::Rows(rows) => format!("{rows} ROWS"),
            Bound::Peers => "PEERS".to_owned(),
            Bound::Value(value) => value.display(ids).to_string(),
        };
        format!("BETWEEN {} AND {}", bound(&self.start), bound(&self.end))
    }
}

/// The functions that exist over windows only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowKind {
    Ranking(Ranking),
    Ntile,
    Lag,
    Lead,
    NthValue,
}

/// Describes a window function; the analyzer checks its arguments.
#[derive(Debug)]
pub struct WindowDescriptor {
    pub name: &'static str,
    pub kind: WindowKind,
    /// Fewest and most arguments; Spark's ranks take any and look at none.
    pub arguments: (usize, usize),
    pub doc: Doc,
}

/// The window function of that name.
pub fn function(name: &str) -> Option<&'static WindowDescriptor> {
    FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name))
}

pub const FUNCTIONS: &[WindowDescriptor] = &[
    WindowDescriptor {
        name: "cume_dist",
        kind: WindowKind::Ranking(Ranking::CumeDist),
        arguments: (0, 0),
        doc: Doc {
            usage: "cume_dist() - Computes the position of a value relative to all values in the partition.",
            since: "2.0.0",
            examples: &[("SELECT cume_dist() OVER (ORDER BY a) FROM VALUES (1) AS tab(a)", "1.0")],
        },
    },
    WindowDescriptor {
        name: "dense_rank",
        kind: WindowKind::Ranking(Ranking::DenseRank),
        arguments: (0, usize::MAX),
        doc: Doc {
            usage: "dense_rank() - Computes the rank of a value in a group of values: one plus the previously assigned \
                    rank value. Unlike rank, dense_rank leaves no gaps in the sequence.",
            since: "2.0.0",
            examples: &[(
                "SELECT max(r) FROM (SELECT dense_rank() OVER (ORDER BY a) AS r FROM VALUES (1), (1), (2) AS tab(a))",
                "2",
            )],
        },
    },
    WindowDescriptor {
        name: "lag",
        kind: WindowKind::Lag,
        arguments: (0, 3),
        doc: Doc {
            usage: "lag(input[, offset[, default]]) - Returns the value of `input` at the `offset`th row before the \
                    current row in the window, `default` if there is none. `offset` is 1 and `default` null unless given.",
            since: "2.0.0",
            examples: &[(
                "SELECT max(l) FROM (SELECT lag(a) OVER (ORDER BY a) AS l FROM VALUES (1), (2) AS tab(a))",
                "1",
            )],
        },
    },
    WindowDescriptor {
        name: "lead",
        kind: WindowKind::Lead,
        arguments: (0, 3),
        doc: Doc {
            usage: "lead(input[, offset[, default]]) - Returns the value of `input` at the `offset`th row after the \
                    current row in the window, `default` if there is none. `offset` is 1 and `default` null unless given.",
            since: "2.0.0",
            examples: &[(
                "SELECT min(l) FROM (SELECT lead(a) OVER (ORDER BY a) AS l FROM VALUES (1), (2) AS tab(a))",
                "2",
            )],
        },
    },
    WindowDescriptor {
        name: "nth_value",
        kind: WindowKind::NthValue,
        arguments: (2, 2),
        doc: Doc {
            usage: "nth_value(input, offset) - Returns the value of `input` at the `offset`th row from the beginning of \
                    the window frame, counted from 1; null if the frame has fewer rows.",
            since: "3.1.0",
            examples: &[(
                "SELECT max(v) FROM (SELECT nth_value(a, 2) OVER (ORDER BY a) AS v FROM VALUES (1), (2), (3) AS tab(a))",
                "2",
            )],
        },
    },
    WindowDescriptor {
        name: "ntile",
        kind: WindowKind::Ntile,
        arguments: (0, 1),
        doc: Doc {
            usage: "ntile(n) - Divides the rows for each window partition into `n` buckets ranging from 1 to at most `n`.",
            since: "2.0.0",
            examples: &[(
                "SELECT max(b) FROM (SELECT ntile(2) OVER (ORDER BY a) AS b FROM VALUES (1), (2), (3) AS tab(a))",
                "2",
            )],
        },
    },
    WindowDescriptor {
        name: "percent_rank",
        kind: WindowKind::Ranking(Ranking::PercentRank),
        arguments: (0, usize::MAX),
        doc: Doc {
            usage: "percent_rank() - Computes the percentage ranking of a value in a group of values.",
            since: "2.0.0",
            examples: &[("SELECT percent_rank() OVER (ORDER BY a) FROM VALUES (1) AS tab(a)", "0.0")],
        },
    },
    WindowDescriptor {
        name: "rank",
        kind: WindowKind::Ranking(Ranking::Rank),
        arguments: (0, usize::MAX),
        doc: Doc {
            usage: "rank() - Computes the rank of a value in a group of values: one plus the number of rows preceding \
                    the current row in the ordering of the partition. Equal values leave gaps in the sequence.",
            since: "2.0.0",
            examples: &[(
                "SELECT max(r) FROM (SELECT rank() OVER (ORDER BY a) AS r FROM VALUES (1), (1), (2) AS tab(a))",
                "3",
            )],
        },
    },
    WindowDescriptor {
        name: "row_number",
        kind: WindowKind::Ranking(Ranking::RowNumber),
        arguments: (0, 0),
        doc: Doc {
            usage: "row_number() - Assigns a unique, sequential number to each row, starting with one, according to the \
                    ordering of rows within the window partition.",
            since: "2.0.0",
            examples: &[(
                "SELECT max(r) FROM (SELECT row_number() OVER (ORDER BY a) AS r FROM VALUES (5), (7) AS tab(a))",
                "2",
            )],
        },
    },
];
