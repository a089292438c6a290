//! One query block under construction: the SELECT that methods of a DataFrame fill clause by clause.
//!
//! ```text
//! frame.filter(p).select(a).order_by(b)    SELECT a FROM frame WHERE p ORDER BY b         one block
//! frame.limit(3).filter(p)                 SELECT * FROM (… LIMIT 3) WHERE p              another one around it
//! ```
//! A clause may be added as long as SQL would compute it after what is there; else the block is closed and becomes the
//! relation of a new one. Inside of a block columns can be named by relation, as after FROM.

use std::sync::Arc;

use firesteel_common::{Result, Span, error};
use firesteel_plan::parsed::{
    Expr, ExprKind, GroupBy, Hint, Ident, JoinCondition, Query, QueryBody, QueryBodyKind, Select, SelectItem,
    SelectItemKind, SortItem, TableAlias, TableFactor, TableFactorKind, TableRef,
};

use super::{DataFrame, names, refs};
use crate::column::sort::SortOrder;
use crate::column::{Column, node};

/// How far a block has come: what was said last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    From,
    Where,
    Select,
    /// Sorted, or distinct: an order said now would sort something else.
    Order,
    Limit,
}

/// A query, or one that can take more clauses.
#[derive(Debug, Clone)]
pub(crate) enum Block {
    Open(Box<Open>),
    Closed(Box<Query>),
}

/// A relation of the block: a DataFrame under a name.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    pub(crate) qualifier: String,
    pub(crate) frame: DataFrame,
}

/// A column that `*` gives.
#[derive(Debug, Clone)]
pub(crate) struct Visible {
    /// None for the merged columns of USING.
    pub(crate) qualifier: Option<String>,
    pub(crate) name: String,
}

impl Visible {
    /// A column that only its name means.
    fn computed(column: &crate::result::Column) -> Self {
        Self { qualifier: None, name: column.name.clone() }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) relation: TableRef,
    pub(crate) sides: Vec<Side>,
    pub(crate) visible: Vec<Visible>,
    /// Whether it names columns of a query around it: it means something as a subquery only.
    pub(crate) free: bool,
    /// DataFrames inside of expressions.
    pub(crate) subqueries: Vec<DataFrame>,
    pub(crate) hints: Vec<Hint>,
    pub(crate) filters: Vec<Expr>,
    /// None: `*`.
    pub(crate) projection: Option<Vec<SelectItem>>,
    pub(crate) group_by: GroupBy,
    pub(crate) distinct: bool,
    pub(crate) order_by: Vec<SortItem>,
    pub(crate) sort_by: Vec<SortItem>,
    pub(crate) offset: Option<Expr>,
    pub(crate) limit: Option<Expr>,
    pub(crate) level: Level,
    /// The frames whose block this was before it grew, and what their columns are called in it.
    pub(crate) was: Vec<(u64, Arc<[Visible]>)>,
    /// The next place to give to an expression: the analyzer tells expressions apart by where they stand.
    next_place: u32,
}

impl Block {
    /// Whether it names columns of a query around it.
    pub(crate) fn is_free(&self, inputs: &[DataFrame]) -> bool {
        match self {
            Block::Open(open) => open.free,
            Block::Closed(_) => inputs.iter().any(DataFrame::is_free),
        }
    }

    pub(crate) fn query(&self) -> Query {
        match self {
            Block::Open(open) => open.query(),
            Block::Closed(query) => Query::clone(query),
        }
    }
}

impl Open {
    /// `SELECT * FROM frame AS qualifier`.
    pub(crate) fn over(frame: &DataFrame, qualifier: Option<&str>) -> Self {
        let qualifier = qualifier.map_or_else(|| frame.qualifier().to_owned(), str::to_owned);
        let factor = frame.factor(&qualifier, Vec::new());
        let mut open = Self::of(factor, Vec::new());
        open.add_side(qualifier, frame);
        open.visible = frame.visible_as(&open.sides[0].qualifier);
        open
    }

    /// `SELECT * FROM factor`, whose columns are `visible`.
    pub(crate) fn of(factor: TableFactor, visible: Vec<Visible>) -> Self {
        Self {
            relation: TableRef { span: Span::default(), relation: factor, joins: Vec::new() },
            sides: Vec::new(),
            visible,
            free: false,
            subqueries: Vec::new(),
            hints: Vec::new(),
            filters: Vec::new(),
            projection: None,
            group_by: GroupBy::None,
            distinct: false,
            order_by: Vec::new(),
            sort_by: Vec::new(),
            offset: None,
            limit: None,
            level: Level::From,
            was: Vec::new(),
            next_place: 0,
        }
    }

    pub(crate) fn add_side(&mut self, qualifier: String, frame: &DataFrame) {
        let hint = |name: &String| Hint {
            span: Span::default(),
            name: name.clone(),
            arguments: vec![node(ExprKind::Column(vec![names::quoted(qualifier.as_str())]))],
        };
        self.hints.extend(frame.0.hints.iter().map(hint));
        self.free |= frame.is_free();
        self.sides.push(Side { qualifier, frame: frame.clone() });
    }

    /// The column's expression as it stands in this block.
    pub(crate) fn attach(&mut self, column: Column) -> Result<Expr> {
        if let Some(fault) = &column.fault {
            return Err(fault.error());
        }
        let mut expr = column.expr;
        refs::to_sides(&mut expr, self)?;
        self.free |= refs::has_outer(&mut expr);
        refs::number(&mut expr, &mut self.next_place);
        self.subqueries.extend(column.frames);
        Ok(expr)
    }

    pub(crate) fn attach_item(&mut self, mut column: Column) -> Result<SelectItem> {
        let aliases = std::mem::take(&mut column.aliases);
        Ok(Column::item(self.attach(column)?, &aliases))
    }

    pub(crate) fn attach_order(&mut self, order: SortOrder) -> Result<SortItem> {
        let expr = self.attach(order.column.clone())?;
        Ok(order.item(expr))
    }

    /// The block of a frame, to be gone on with.
    pub(crate) fn of_frame(&self, frame: &DataFrame) -> Self {
        let mut open = self.clone();
        let visible = match self.projection {
            None => self.visible.iter().cloned().collect(),
            Some(_) => frame.output().iter().map(Visible::computed).collect(),
        };
        open.was.push((frame.id(), visible));
        open
    }

    /// Which DataFrames the block names.
    pub(crate) fn inputs(&self) -> Vec<DataFrame> {
        self.sides.iter().map(|side| &side.frame).chain(&self.subqueries).cloned().collect()
    }

    /// `*` written out, column by column; the closure may give other items in a column's place. Fails where a relation's
    /// columns are not known.
    pub(crate) fn star(
        &mut self,
        item: &mut dyn FnMut(&Visible, SelectItem) -> Option<SelectItem>,
    ) -> Result<Vec<SelectItem>> {
        if self.free {
            self.sides.iter().try_for_each(|side| side.frame.known().map(|_| ()))?;
        }
        let mut items = Vec::with_capacity(self.visible.len());
        for visible in self.visible.clone() {
            let parts: Vec<Ident> =
                visible.qualifier.iter().chain([&visible.name]).map(|part| names::quoted(part.as_str())).collect();
            let mut expr = node(ExprKind::Column(parts));
            refs::number(&mut expr, &mut self.next_place);
            let as_it_is = SelectItem { span: expr.span, kind: SelectItemKind::Expr { expr, alias: None } };
            items.extend(item(&visible, as_it_is));
        }
        Ok(items)
    }

    pub(crate) fn query(&self) -> Query {
        let everything = || SelectItemKind::Wildcard { qualifier: Vec::new(), except: Vec::new() };
        let projection =
            self.projection.clone().unwrap_or_else(|| vec![SelectItem { span: Span::default(), kind: everything() }]);
        let selection = match self.filters.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            many => Some(node(ExprKind::And(many.to_vec()))),
        };
        let select = Select {
            hints: self.hints.clone(),
            distinct: self.distinct,
            from: vec![self.relation.clone()],
            selection,
            group_by: self.group_by.clone(),
            ..select(projection)
        };
        Query {
            order_by: self.order_by.clone(),
            sort_by: self.sort_by.clone(),
            limit: self.limit.clone(),
            offset: self.offset.clone(),
            ..query(QueryBodyKind::Select(Box::new(select)))
        }
    }
}

/// `SELECT projection`, without any clause.
pub(crate) fn select(projection: Vec<SelectItem>) -> Select {
    Select {
        span: Span::default(),
        hints: Vec::new(),
        distinct: false,
        projection,
        from: Vec::new(),
        lateral_views: Vec::new(),
        selection: None,
        group_by: GroupBy::None,
        having: None,
        qualify: None,
        windows: Vec::new(),
    }
}

/// A query that is only a body.
pub(crate) fn query(kind: QueryBodyKind) -> Query {
    Query {
        span: Span::default(),
        with: None,
        body: QueryBody { span: Span::default(), kind },
        order_by: Vec::new(),
        sort_by: Vec::new(),
        distribute_by: Vec::new(),
        cluster_by: Vec::new(),
        limit: None,
        offset: None,
    }
}

pub(crate) fn factor(kind: TableFactorKind, qualifier: &str, columns: Vec<Ident>) -> TableFactor {
    let alias = Some(TableAlias { name: names::quoted(qualifier), columns });
    TableFactor { span: Span::default(), kind, alias, sample: None }
}

/// The columns that both sides must have by these names.
pub(crate) fn using(columns: &[String]) -> Result<JoinCondition> {
    if let Some(empty) = columns.iter().find(|name| name.is_empty()) {
        return Err(error!(INVALID_ATTRIBUTE_NAME_SYNTAX, name = empty.as_str()));
    }
    Ok(JoinCondition::Using(columns.iter().map(|name| names::quoted(name.as_str())).collect()))
}
