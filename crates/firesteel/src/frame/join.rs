//! Joins.

use firesteel_common::names::same_name;
use firesteel_common::{Result, Span, error};
use firesteel_plan::parsed::{Join, JoinCondition, JoinKind, TableFactorKind};

use super::block::{self, Block, Level, Open, Visible};
use super::{DataFrame, names, refs};
use crate::column::Column;

/// Which rows of a join come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinType {
    Inner,
    LeftOuter,
    RightOuter,
    FullOuter,
    /// Rows of the left that have a partner.
    LeftSemi,
    /// Rows of the left that have none.
    LeftAnti,
    Cross,
}

/// A [`JoinType`], or one of Spark's names for it: `inner`, `left`, `left_outer`, `outer`, `left_semi`, ….
pub trait IntoJoinType {
    fn into_join_type(self) -> Result<JoinType>;
}

impl IntoJoinType for JoinType {
    fn into_join_type(self) -> Result<JoinType> {
        Ok(self)
    }
}

impl IntoJoinType for &str {
    fn into_join_type(self) -> Result<JoinType> {
        Ok(match self.to_lowercase().replace('_', "").as_str() {
            "inner" => JoinType::Inner,
            "left" | "leftouter" => JoinType::LeftOuter,
            "right" | "rightouter" => JoinType::RightOuter,
            "outer" | "full" | "fullouter" => JoinType::FullOuter,
            "semi" | "leftsemi" => JoinType::LeftSemi,
            "anti" | "leftanti" => JoinType::LeftAnti,
            "cross" => JoinType::Cross,
            _ => {
                let supported = "'inner', 'outer', 'full', 'fullouter', 'full_outer', 'leftouter', 'left', \
                                 'left_outer', 'rightouter', 'right', 'right_outer', 'leftsemi', 'left_semi', \
                                 'semi', 'leftanti', 'left_anti', 'anti', 'cross'";
                return Err(error!(UNSUPPORTED_JOIN_TYPE, typ = self, supported = supported));
            }
        })
    }
}

/// What makes two rows partners.
#[derive(Debug, Clone)]
pub enum JoinOn {
    Condition(Column),
    /// Equal columns of these names, which come out once.
    Using(Vec<String>),
}

/// A condition, or the name or names of columns that both sides have.
pub trait IntoJoinOn {
    fn into_join_on(self) -> JoinOn;
}

impl IntoJoinOn for JoinOn {
    fn into_join_on(self) -> JoinOn {
        self
    }
}

impl IntoJoinOn for Column {
    fn into_join_on(self) -> JoinOn {
        JoinOn::Condition(self)
    }
}

impl IntoJoinOn for &str {
    fn into_join_on(self) -> JoinOn {
        JoinOn::Using(vec![self.to_owned()])
    }
}

impl<const N: usize> IntoJoinOn for [&str; N] {
    fn into_join_on(self) -> JoinOn {
        JoinOn::Using(self.iter().map(|name| (*name).to_owned()).collect())
    }
}

impl IntoJoinOn for Vec<String> {
    fn into_join_on(self) -> JoinOn {
        JoinOn::Using(self)
    }
}

impl DataFrame {
    /// Pairs rows of both sides.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let people = session.sql("SELECT * FROM VALUES (1, 'Ann'), (2, 'Bo') AS people(id, name)")?;
    /// let visits = session.sql("SELECT * FROM VALUES (1, 'Ulm'), (1, 'Rom') AS visits(id, city)")?;
    /// let joined = people.join(&visits, "id", "left")?.order_by(("id", "city"))?;
    /// let rows: Vec<(i32, String, Option<String>)> = joined.collect_rows()?;
    /// assert_eq!(rows[0], (1, "Ann".into(), Some("Rom".into())));
    /// assert_eq!(rows[2], (2, "Bo".into(), None));
    ///
    /// let on = people.col("id").eq(visits.col("id"));
    /// assert_eq!(people.join(&visits, on.clone(), JoinType::LeftAnti)?.count()?, 1);
    /// assert_eq!(people.join(&visits, on, "inner")?.drop(visits.col("id"))?.columns(), ["id", "name", "city"]);
    /// assert_eq!(people.cross_join(&visits)?.count()?, 4);
    /// # Ok(())
    /// # }
    /// ```
    pub fn join(&self, other: &DataFrame, on: impl IntoJoinOn, how: impl IntoJoinType) -> Result<DataFrame> {
        let how = how.into_join_type()?;
        self.joined(other, Some(on.into_join_on()), how, false)
    }

    /// Pairs every row with every row.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let pairs = session.range(0..2)?.cross_join(&session.range(5..8)?)?;
    /// assert_eq!(pairs.count()?, 6);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn cross_join(&self, other: &DataFrame) -> Result<DataFrame> {
        self.joined(other, None, JoinType::Cross, false)
    }

    /// Pairs every row with the rows that `other` has for it: `JOIN LATERAL`. In `other` [`Column::outer`] names the row's
    /// columns. Inner and left outer joins, with a condition besides or without.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let people = session.sql("SELECT * FROM VALUES (1, 'Ann'), (2, 'Bo') AS people(id, name)")?;
    /// let visits = session.sql("SELECT * FROM VALUES (1, 'Ulm', 3), (1, 'Rom', 5), (1, 'Bonn', 1) AS visits(who, city, days)")?;
    /// let own = visits.filter(visits.col("who").eq(people.col("id").outer()))?;
    /// let longest = own.order_by(col("days").desc())?.limit(2)?.select(("city", "days"))?;
    ///
    /// let joined = people.lateral_join(&longest, None, "left")?;
    /// assert_eq!(joined.columns(), ["id", "name", "city", "days"]);
    /// let rows: Vec<(String, Option<String>)> = joined.order_by(("id", "city"))?.select(("name", "city"))?.collect_rows()?;
    /// let own = |name: &str, city: Option<&str>| (name.to_owned(), city.map(str::to_owned));
    /// assert_eq!(rows, [own("Ann", Some("Rom")), own("Ann", Some("Ulm")), own("Bo", None)]);
    ///
    /// assert_eq!(people.lateral_join(&longest, Some(col("days").gt(4)), "inner")?.count()?, 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn lateral_join(&self, other: &DataFrame, on: Option<Column>, how: impl IntoJoinType) -> Result<DataFrame> {
        let how = how.into_join_type()?;
        if !matches!(how, JoinType::Inner | JoinType::LeftOuter | JoinType::Cross) {
            let supported = "'inner', 'leftouter', 'left', 'left_outer', 'cross'";
            return Err(error!(UNSUPPORTED_JOIN_TYPE, typ = format!("{how:?}"), supported = supported));
        }
        let lateral = self.joined(other, on.map(JoinOn::Condition), how, true)?;
        // Only now the columns of the right side are known.
        let Block::Open(open) = &lateral.0.block else { return Ok(lateral) };
        let mut open = open.clone();
        let qualifier = open.sides.last().map(|side| side.qualifier.clone());
        let right = lateral.output().iter().skip(open.visible.len());
        let visible = right.map(|column| Visible { qualifier: qualifier.clone(), name: column.name.clone() });
        open.visible.extend(visible);
        lateral.with_open(*open)
    }

    fn joined(&self, other: &DataFrame, on: Option<JoinOn>, how: JoinType, lateral: bool) -> Result<DataFrame> {
        let mut open = self.open(Level::From);
        // Two relations of one name cannot be told apart: neither name is then of use.
        let taken = |name: &str| open.sides.iter().any(|side| same_name(&side.qualifier, name));
        let mut qualifier = other.qualifier();
        if taken(&qualifier) {
            open = Open::over(self, Some(&names::frame(self.id())));
            // Of a frame joined with itself, columns can be named through aliases only.
            qualifier = names::frame(if self.id() == other.id() { super::next_id() } else { other.id() });
        }
        let relation = match lateral {
            false => other.factor(&qualifier, Vec::new()),
            true => {
                let mut query = Box::new(other.as_subquery());
                refs::outer_to_sides(&mut query, &open);
                block::factor(TableFactorKind::Subquery { query, lateral }, &qualifier, Vec::new())
            }
        };
        // What a lateral side names around it is here.
        let free = open.free || !lateral && other.is_free();
        open.add_side(qualifier.clone(), other);
        open.free = free;
        let condition = match &on {
            None => JoinCondition::None,
            Some(JoinOn::Using(columns)) => block::using(columns)?,
            Some(JoinOn::Condition(column)) => JoinCondition::On(open.attach(column.clone())?),
        };
        let kind = kind(how, &condition);
        open.relation.joins.push(Join { span: Span::default(), kind, relation, condition });
        open.visible = visible(&open, other, &qualifier, on.as_ref(), how);
        self.with_open(open)
    }
}

/// A cross join with a condition is an inner one.
fn kind(how: JoinType, condition: &JoinCondition) -> JoinKind {
    match how {
        JoinType::Cross if matches!(condition, JoinCondition::None) => JoinKind::Cross,
        JoinType::Cross | JoinType::Inner => JoinKind::Inner,
        JoinType::LeftOuter => JoinKind::LeftOuter,
        JoinType::RightOuter => JoinKind::RightOuter,
        JoinType::FullOuter => JoinKind::FullOuter,
        JoinType::LeftSemi => JoinKind::LeftSemi,
        JoinType::LeftAnti => JoinKind::LeftAnti,
    }
}

/// What `*` gives: the columns of USING first, then the others of the left, then of the right.
fn visible(open: &Open, other: &DataFrame, qualifier: &str, on: Option<&JoinOn>, how: JoinType) -> Vec<Visible> {
    let using: &[String] = match on {
        Some(JoinOn::Using(columns)) => columns,
        _ => &[],
    };
    let is_merged = |visible: &Visible| using.iter().any(|name| same_name(name, &visible.name));
    let merged = |name: &String| {
        let as_written = open.visible.iter().find(|visible| same_name(&visible.name, name));
        as_written.map(|visible| Visible { qualifier: None, name: visible.name.clone() })
    };
    let mut out: Vec<Visible> = using.iter().filter_map(merged).collect();
    out.extend(open.visible.iter().filter(|visible| !is_merged(visible)).cloned());
    if !matches!(how, JoinType::LeftSemi | JoinType::LeftAnti) {
        out.extend(other.visible_as(qualifier).into_iter().filter(|visible| !is_merged(visible)));
    }
    out
}
