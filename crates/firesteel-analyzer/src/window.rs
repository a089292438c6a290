//! Functions over windows: `f(…) OVER (…)`, and where their columns come from.
//!
//! ```text
//! SELECT a, sum(b) OVER (PARTITION BY a) + 1 …  ──▶  Project [a, w + 1] over Window [sum(b) AS w], [a] over …
//! ```
//! Calls are gathered while the clauses are resolved, as aggregates are; then calls of equal partitions and order share one
//! node, and calls over other calls' results get a node above theirs. `window_function` has the functions, `window_frame` the frames.

use std::borrow::Cow;
use std::cell::RefCell;

use firesteel_common::names::quote;
use firesteel_common::{ColumnId, Result, Span, bail, error};
use firesteel_expr::window::{Bound, Frame, WindowCall};
use firesteel_expr::{Expr, ExprRef};
use firesteel_plan::logical::{Node, SortKey, Window};
use firesteel_plan::parsed::{self, FunctionCall, NamedWindow, Select, WindowSpec};
use firesteel_plan::{LogicalPlan, PlanRef};
use hashbrown::HashMap;

use crate::expr::{Clause, Resolver};
use crate::projection::{self, Item};
use crate::window_frame::WrittenFrame;
use crate::window_function::result_of;
use crate::{order, unsupported};

/// The windows of one SELECT.
pub(crate) struct Windows<'q> {
    named: &'q [NamedWindow],
    pub(crate) calls: RefCell<Vec<Windowed>>,
}

/// A call with its window, over the columns of FROM, ids of items, and other calls' columns.
#[derive(Clone)]
pub(crate) struct Windowed {
    pub(crate) id: ColumnId,
    pub(crate) span: Span,
    partition_by: Vec<ExprRef>,
    order_by: Vec<SortKey>,
    call: WindowCall,
}

impl Windowed {
    /// Puts other expressions in the place of all of the call's.
    pub(crate) fn rewrite(&mut self, map: &mut dyn FnMut(&ExprRef) -> Result<ExprRef>) -> Result<()> {
        self.call = self.call.map_inputs(map)?;
        for expr in self.partition_by.iter_mut().chain(self.order_by.iter_mut().map(|key| &mut key.expr)) {
            *expr = map(expr)?;
        }
        Ok(())
    }

    pub(crate) fn expressions(&self) -> impl Iterator<Item = &ExprRef> {
        let keys = self.partition_by.iter().chain(self.order_by.iter().map(|key| &key.expr));
        keys.chain(self.call.inputs())
    }
}

impl<'q> Windows<'q> {
    /// Refuses a WINDOW clause that makes no sense.
    pub(crate) fn new(select: &'q Select) -> Result<Self> {
        let named = select.windows.as_slice();
        for (at, window) in named.iter().enumerate() {
            let name = &window.name.value;
            if named[..at].iter().any(|other| other.name.value == *name) {
                bail!(REPETITIVE_WINDOW_DEFINITION, windowName = quote(name));
            }
            let Some(base) = window.spec.base.as_ref().filter(|_| is_reference(&window.spec)) else { continue };
            match named.iter().find(|other| other.name.value == base.value) {
                None => bail!(UNRESOLVED_WINDOW_REFERENCE, windowName = quote(&base.value)),
                Some(other) if is_reference(&other.spec) => {
                    bail!(INVALID_WINDOW_REFERENCE, windowName = quote(&base.value))
                }
                Some(_) => {}
            }
        }
        Ok(Self { named, calls: RefCell::default() })
    }

    fn named(&self, name: &parsed::Ident) -> Result<&'q WindowSpec> {
        let found = self.named.iter().find(|window| window.name.value == name.value);
        found.map(|window| &window.spec).ok_or_else(|| {
            let docroot = "https://spark.apache.org/docs/latest";
            error!(MISSING_WINDOW_SPECIFICATION, windowName = name.value.clone(), docroot = docroot).at(name.span)
        })
    }

    /// What stands behind OVER, named windows spelled out.
    fn spec<'w>(&self, window: &'w parsed::Window) -> Result<Cow<'w, WindowSpec>>
    where
        'q: 'w,
    {
        match window {
            parsed::Window::Named(name) => self.spelled_out(self.named(name)?, self.named.len()),
            parsed::Window::Spec(spec) => self.spelled_out(spec, self.named.len()),
        }
    }

    /// A window adds to its base what that does not say. `depth`: bases go no deeper than there are names.
    fn spelled_out<'w>(&self, spec: &'w WindowSpec, depth: usize) -> Result<Cow<'w, WindowSpec>>
    where
        'q: 'w,
    {
        let Some(name) = &spec.base else { return Ok(Cow::Borrowed(spec)) };
        if depth == 0 {
            return Err(error!(INVALID_WINDOW_REFERENCE, windowName = quote(&name.value)).at(name.span));
        }
        let base = self.spelled_out(self.named(name)?, depth - 1)?;
        if is_reference(spec) {
            return Ok(base);
        }
        let repeated = match () {
            () if !spec.partition_by.is_empty() => Some("PARTITION BY"),
            () if !spec.order_by.is_empty() && !base.order_by.is_empty() => Some("a second ORDER BY"),
            () if base.frame.is_some() => Some("anything beside a frame"),
            () => None,
        };
        if let Some(what) = repeated {
            return Err(unsupported(format!("{what} in a window over the window {}", name.value), spec.span));
        }
        let order_by = if spec.order_by.is_empty() { base.order_by.clone() } else { spec.order_by.clone() };
        let (partition_by, frame) = (base.partition_by.clone(), spec.frame.clone());
        Ok(Cow::Owned(WindowSpec { span: spec.span, base: None, partition_by, order_by, frame }))
    }
}

/// `w`, `(w)`: nothing but a name.
fn is_reference(spec: &WindowSpec) -> bool {
    spec.base.is_some() && spec.partition_by.is_empty() && spec.order_by.is_empty() && spec.frame.is_none()
}

/// What stands behind OVER, resolved.
pub(crate) struct Over {
    partition_by: Vec<ExprRef>,
    pub(crate) order_by: Vec<SortKey>,
    pub(crate) frame: Option<WrittenFrame>,
    /// PARTITION BY and ORDER BY as Spark writes them.
    keys_text: String,
}

impl Over {
    /// The frame, or what it is when nobody says.
    pub(crate) fn frame_or_default(&self) -> (Frame, &str) {
        match &self.frame {
            Some(written) => (written.frame.clone(), &written.text),
            None if self.order_by.is_empty() => {
                (Frame::WHOLE, "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING")
            }
            None => {
                let frame = Frame { start: Bound::Unbounded, end: Bound::Peers };
                (frame, "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW")
            }
        }
    }

    pub(crate) fn text(&self, frame: &str) -> String {
        match self.keys_text.as_str() {
            "" => format!("({frame})"),
            keys => format!("({keys} {frame})"),
        }
    }
}

impl Resolver<'_, '_> {
    /// `f(…) OVER …`
    pub(crate) fn windowed(
        &self,
        call: &FunctionCall,
        window: &parsed::Window,
        expr: &parsed::Expr,
    ) -> Result<ExprRef> {
        let Some(windows) = self.windows else { return Err(self.misplaced_window(expr)) };
        let inside = Resolver { clause: Clause::Other("a window"), ..self.clone() };
        let spec = windows.spec(window)?;
        let over = inside.over(&spec)?;
        let (function, frame, frame_text) = inside.window_function(call, &over, expr)?;
        let over_text = over.text(&frame_text);
        self.shown_texts.borrow_mut().insert(expr.span, over_text);
        let exprs = over.partition_by.iter().chain(over.order_by.iter().map(|key| &key.expr));
        let (data_type, nullable) = result_of(&function);
        let call = WindowCall { function, frame, data_type: data_type.clone(), nullable };
        if let Some(alias) = self.lateral_alias(exprs.chain(call.inputs())) {
            let text = format!("\"{}\"", self.name_of(expr));
            bail!(LATERAL_COLUMN_ALIAS_IN_WINDOW, lca = alias, windowExpr = text);
        }
        let Over { partition_by, order_by, .. } = over;
        let mut calls = windows.calls.borrow_mut();
        let same =
            |known: &&Windowed| known.call == call && known.partition_by == partition_by && known.order_by == order_by;
        let known = calls.iter().find(same).map(|known| known.id);
        let id = known.unwrap_or_else(|| {
            let id = self.analyzer.ids().fresh(self.name_of(expr));
            calls.push(Windowed { id, span: expr.span, partition_by, order_by, call });
            id
        });
        Ok(Expr::column(id, data_type, nullable))
    }

    fn misplaced_window(&self, expr: &parsed::Expr) -> firesteel_common::Error {
        let clause = match self.clause {
            Clause::Where(_) => "WHERE",
            Clause::GroupBy => "GROUP BY",
            Clause::AggregateArgument => return error!(WINDOW_FUNCTION_IN_AGGREGATE).at(expr.span),
            Clause::Qualify => "QUALIFY",
            Clause::Other(place) => place,
        };
        error!(WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE, clauseName = clause).at(expr.span)
    }

    fn over(&self, spec: &WindowSpec) -> Result<Over> {
        let partition_by = self.resolve_all(&spec.partition_by)?;
        for (key, written) in partition_by.iter().zip(&spec.partition_by) {
            if !key.data_type().is_orderable() {
                let (text, data_type) = (format!("\"{}\"", self.name_of(written)), key.data_type().quoted_sql());
                return Err(
                    error!(EXPRESSION_TYPE_IS_NOT_ORDERABLE, expr = text, exprType = data_type).at(written.span)
                );
            }
        }
        let order_by = spec.order_by.iter().map(|item| Ok(order::expression_key(item, self)?.sort_key()));
        let order_by = order_by.collect::<Result<Vec<_>>>()?;
        let keys_text = self.keys_text(spec, &order_by);
        let frame = match &spec.frame {
            Some(frame) => Some(self.frame(frame, &order_by, &keys_text).map_err(|error| error.at(spec.span))?),
            None => None,
        };
        Ok(Over { partition_by, order_by, frame, keys_text })
    }

    fn keys_text(&self, spec: &WindowSpec, order_by: &[SortKey]) -> String {
        let mut clauses = Vec::new();
        if !spec.partition_by.is_empty() {
            let keys: Vec<_> = spec.partition_by.iter().map(|key| self.name_of(key)).collect();
            clauses.push(format!("PARTITION BY {}", keys.join(", ")));
        }
        if !order_by.is_empty() {
            let key = |(item, key): (&parsed::SortItem, &SortKey)| {
                let direction = if key.descending { "DESC" } else { "ASC" };
                let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
                format!("{} {direction} NULLS {nulls}", self.name_of(&item.expr))
            };
            let keys: Vec<_> = spec.order_by.iter().zip(order_by).map(key).collect();
            clauses.push(format!("ORDER BY {}", keys.join(", ")));
        }
        clauses.join(" ")
    }
}

/// The nodes that compute the calls, over the columns of `plan`; ids of items become what the items compute.
pub(crate) fn attach(mut plan: PlanRef, mut calls: Vec<Windowed>, items: &[Item]) -> Result<PlanRef> {
    for call in &mut calls {
        call.rewrite(&mut |expr| projection::expand(expr, items))?;
    }
    let mut levels: HashMap<ColumnId, usize> = HashMap::new();
    let ids: Vec<_> = calls.iter().map(|call| call.id).collect();
    // A call can use only calls that were found before it, or as parts of it: one pass per level ends.
    while levels.len() < calls.len() {
        let before = levels.len();
        for call in &calls {
            let mut used = call.expressions().flat_map(|expr| expr.columns()).filter(|id| ids.contains(id));
            let level = used.try_fold(0, |level, id| levels.get(id).map(|below| level.max(below + 1)));
            levels.extend(level.map(|level| (call.id, level)));
        }
        if levels.len() == before {
            return Err(firesteel_common::internal!("windows that use each other"));
        }
    }
    let last = levels.values().copied().max();
    for level in 0..last.map_or(0, |last| last + 1) {
        let (now, later): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| levels.get(&call.id) == Some(&level));
        plan = nodes(plan, now);
        calls = later;
    }
    Ok(plan)
}

/// One node for all calls of equal partitions and order. What asks for no order takes that of another.
fn nodes(plan: PlanRef, mut calls: Vec<Windowed>) -> PlanRef {
    calls.sort_by_key(|call| call.order_by.is_empty());
    let mut windows: Vec<Window> = Vec::new();
    for Windowed { id, partition_by, order_by, call, .. } in calls {
        let same_partitions = |window: &Window| {
            window.partition_by.len() == partition_by.len()
                && partition_by.iter().all(|key| window.partition_by.contains(key))
        };
        let fits =
            |window: &&mut Window| same_partitions(window) && (window.order_by == order_by || order_by.is_empty());
        match windows.iter_mut().find(fits) {
            Some(window) => window.calls.push((id, call)),
            None => windows.push(Window { input: plan.clone(), partition_by, order_by, calls: vec![(id, call)] }),
        }
    }
    windows.into_iter().fold(plan, |plan, window| LogicalPlan::new(Node::Window(Window { input: plan, ..window })))
}
