//! DataFrames: queries said by methods.
//!
//! ```text
//! DataFrame ──methods──▶ DataFrame ──action──▶ parsed::Query ──as SQL──▶ rows
//! ```
//! A [`DataFrame`] holds one query block in the form that SQL's parser gives, and the DataFrames that the block names as
//! relations. Its block is analyzed when it is made, over relations that have columns and no rows: names and types that make
//! no sense are refused by the method that says them. An action puts the blocks together as CTEs of one query, and that
//! query goes the way of every SQL statement.
//!
//! In reading order: [`block`] (a query under construction), `refs` and `names` (which relation a column means),
//! [`planning`] (checking a block, putting blocks together); then methods by topic: `transform`, `join`, `group`, `set`,
//! `na`, `stat`, `describe`; `actions`, `awaited`, `elsewhere`, `stream`, `show`, `save`.

mod actions;
mod awaited;
pub(crate) mod block;
mod describe;
mod elsewhere;
mod group;
mod join;
mod na;
pub(crate) mod names;
pub(crate) mod planning;
mod refs;
mod reshape;
mod save;
mod set;
mod show;
mod stat;
pub(crate) mod stream;
mod transform;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use firesteel_common::names::same_name;
use firesteel_common::{Result, Span, error};
use firesteel_plan::parsed::{ExprKind, Ident, Query, QueryBody, QueryBodyKind, TableFactor, TableFactorKind};

pub use describe::Names;
pub use group::GroupedData;
pub use join::{IntoJoinOn, IntoJoinType, JoinOn, JoinType};
pub use na::DataFrameNa;
pub use save::{DataFrameWriter, IntoSaveMode};
pub use show::ShowOptions;
pub use stat::DataFrameStat;
pub use stream::BatchStream;
pub use transform::IntoCondition;

use crate::column::Column;
use crate::result;
use crate::session::Session;
use block::{Block, Level, Open, Visible};
use planning::Tables;

/// A query that has not run: lazy, cheap to clone, `Send` and `Sync`.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let trips = session.sql("SELECT * FROM VALUES ('Ulm', 3.5), ('Bonn', 1.0), ('Ulm', 2.5) AS trips(city, km)")?;
/// let long = trips.filter(col("km").gt(2))?.group_by("city").agg(functions::sum("km").alias("km"))?;
/// assert_eq!(long.collect_rows::<(String, f64)>()?, [("Ulm".to_owned(), 6.0)]);
///
/// let error = trips.select("kilometers").unwrap_err();
/// assert_eq!(error.condition().name, "UNRESOLVED_COLUMN.WITH_SUGGESTION");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DataFrame(pub(crate) Arc<Frame>);

pub(crate) struct Frame {
    pub(crate) session: Session,
    /// Larger than those of all inputs.
    id: u64,
    pub(crate) block: Block,
    /// The DataFrames that the block names.
    inputs: Vec<DataFrame>,
    /// What the block names beside the catalog's tables and the inputs.
    tables: Tables,
    /// None of a free one: what it names is not in sight yet.
    columns: Vec<result::Column>,
    /// The relation's name as users may write it before a column.
    name: Option<String>,
    /// What `hint` said of the rows, by hint's name.
    hints: Vec<String>,
    /// The SQL text that the block was read from: places in errors point into it.
    text: Option<Arc<str>>,
}

/// What a new frame takes over or brings with it.
#[derive(Default)]
pub(crate) struct Origin {
    pub(crate) tables: Tables,
    pub(crate) name: Option<String>,
    pub(crate) hints: Vec<String>,
    pub(crate) text: Option<Arc<str>>,
}

/// The number of a frame that is about to be made.
pub(crate) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Relaxed)
}

impl DataFrame {
    /// Checks the block, which names `inputs`, and finds its columns.
    pub(crate) fn checked(session: &Session, block: Block, inputs: Vec<DataFrame>, origin: Origin) -> Result<Self> {
        Self::checked_as(next_id(), session, block, inputs, origin)
    }

    pub(crate) fn checked_as(
        id: u64,
        session: &Session,
        block: Block,
        inputs: Vec<DataFrame>,
        origin: Origin,
    ) -> Result<Self> {
        let Origin { tables, name, hints, text } = origin;
        let columns = match block.is_free(&inputs) {
            true => Vec::new(),
            false => planning::columns(session, &block.query(), &inputs, &tables)
                .map_err(|error| if text.is_some() { error } else { names::without_places(error) })?,
        };
        let session = session.clone();
        Ok(Self(Arc::new(Frame { session, id, block, inputs, tables, columns, name, hints, text })))
    }

    /// A block that goes on from this frame.
    pub(crate) fn with_open(&self, open: Open) -> Result<DataFrame> {
        let inputs = open.inputs();
        let origin = match open.sides.as_slice() {
            [one] => Origin {
                name: names::frame_id(&names::quoted(one.qualifier.as_str())).is_none().then(|| one.qualifier.clone()),
                hints: one.frame.0.hints.clone(),
                ..Origin::default()
            },
            _ => Origin::default(),
        };
        Self::checked(&self.0.session, Block::Open(Box::new(open)), inputs, origin)
    }

    /// A block that is complete and names `inputs`.
    pub(crate) fn with_query(&self, query: Query, inputs: Vec<DataFrame>) -> Result<DataFrame> {
        Self::checked(&self.0.session, Block::Closed(Box::new(query)), inputs, Origin::default())
    }

    /// The block, if it has not come further than `level`; else a new one around it.
    pub(crate) fn open(&self, level: Level) -> Open {
        match &self.0.block {
            Block::Open(open) if open.level <= level => open.of_frame(self),
            _ => Open::over(self, None),
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    /// The session that it belongs to.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..3)?;
    /// assert_eq!(frame.session().range(0..2)?.count()?, 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn session(&self) -> &Session {
        &self.0.session
    }

    /// What stands before its columns where several relations are in sight.
    fn qualifier(&self) -> String {
        self.0.name.clone().unwrap_or_else(|| names::frame(self.0.id))
    }

    /// As a relation of another block.
    pub(crate) fn factor(&self, qualifier: &str, columns: Vec<Ident>) -> TableFactor {
        let kind = match self.is_free() {
            true => TableFactorKind::Subquery { query: Box::new(self.0.block.query()), lateral: false },
            false => TableFactorKind::Table { name: names::relation(names::frame(self.0.id)), as_of: None },
        };
        block::factor(kind, qualifier, columns)
    }

    /// As an operand of a set operation: `TABLE frame`. What names columns around it stands there in full, since a common
    /// table has nothing around it.
    pub(crate) fn as_body(&self) -> QueryBody {
        let kind = match self.is_free() {
            true => QueryBodyKind::Query(Box::new(self.0.block.query())),
            false => QueryBodyKind::Table(names::relation(names::frame(self.0.id))),
        };
        QueryBody { span: Span::default(), kind }
    }

    /// As a subquery.
    pub(crate) fn as_subquery(&self) -> Query {
        block::query(self.as_body().kind)
    }

    /// Whether it names columns of a query around it: see [`Column::outer`].
    pub(crate) fn is_free(&self) -> bool {
        self.0.block.is_free(&self.0.inputs)
    }

    fn visible_as(&self, qualifier: &str) -> Vec<Visible> {
        let visible =
            |column: &result::Column| Visible { qualifier: Some(qualifier.to_owned()), name: column.name.clone() };
        self.0.columns.iter().map(visible).collect()
    }

    /// Whether it is the frame of that number or was made from it.
    pub(crate) fn descends_from(&self, id: u64) -> bool {
        let mut seen = hashbrown::HashSet::new();
        let mut next = vec![self];
        while let Some(frame) = next.pop() {
            let was = match &frame.0.block {
                Block::Open(open) => open.was.iter().any(|(earlier, _)| *earlier == id),
                Block::Closed(_) => false,
            };
            if frame.0.id == id || was {
                return true;
            }
            // Inputs are older: below the number there is nothing to find.
            next.extend(frame.0.inputs.iter().filter(|input| input.0.id >= id && seen.insert(input.0.id)));
        }
        false
    }

    pub(crate) fn output(&self) -> &[result::Column] {
        &self.0.columns
    }

    /// The columns; of a DataFrame with outer columns they are not known, and the error names the first of those.
    pub(crate) fn known(&self) -> Result<&[result::Column]> {
        if self.is_free() {
            let columns = planning::columns(&self.0.session, &self.0.block.query(), &self.0.inputs, &self.0.tables);
            columns.map_err(names::without_places)?;
        }
        Ok(&self.0.columns)
    }

    fn has_column(&self, name: &str) -> bool {
        self.0.columns.iter().any(|column| same_name(&column.name, name))
    }

    /// A column of this DataFrame: after a join it means this side's.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let left = session.sql("SELECT 1 AS id, 'a' AS name")?;
    /// let right = session.sql("SELECT 1 AS id, 'b' AS name")?;
    /// let joined = left.join(&right, left.col("id").eq(right.col("id")), "inner")?;
    /// let names = joined.select((left.col("name"), right.col("name").alias("other")))?;
    /// assert_eq!(names.collect_rows::<(String, String)>()?, [("a".to_owned(), "b".to_owned())]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn col(&self, name: &str) -> Column {
        let mut column = crate::column::col(name);
        if let ExprKind::Column(parts) | ExprKind::Star(parts) = &mut column.expr.kind {
            parts.insert(0, names::quoted(names::frame(self.0.id)));
        }
        column
    }

    /// The one column that has this name.
    pub(crate) fn column_named(&self, name: &str) -> Result<&result::Column> {
        let mut known = self.known()?.iter().filter(|column| same_name(&column.name, name));
        match (known.next(), known.next()) {
            (Some(column), None) => Ok(column),
            // The analyzer knows the words.
            _ => match self.select(name) {
                Err(error) => Err(error),
                Ok(_) => Err(error!(UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, objectName = name)),
            },
        }
    }
}

impl Drop for Frame {
    /// Long chains go one by one, not one inside of the other.
    fn drop(&mut self) {
        let mut last = std::mem::take(&mut self.inputs);
        if let Block::Open(open) = &mut self.block {
            last.extend(open.sides.drain(..).map(|side| side.frame));
            last.append(&mut open.subqueries);
        }
        while let Some(DataFrame(frame)) = last.pop() {
            if let Some(mut frame) = Arc::into_inner(frame) {
                last.append(&mut frame.inputs);
                if let Block::Open(open) = &mut frame.block {
                    last.extend(open.sides.drain(..).map(|side| side.frame));
                    last.append(&mut open.subqueries);
                }
            }
        }
    }
}

impl fmt::Debug for DataFrame {
    /// `DataFrame[id: bigint, name: string]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.0.columns.iter().map(|column| format!("{}: {}", column.name, column.data_type));
        write!(f, "DataFrame[{}]", columns.collect::<Vec<_>>().join(", "))
    }
}
