//! The select list: `*` spelled out, names given, aliases of earlier items usable in later ones.
//!
//! ```text
//! SELECT a + 1 AS b, b * 2 FROM t  ──▶  Project [b, b * 2] over Project [a + 1 AS b]
//! ```

use std::sync::Arc;

use firesteel_common::names::{quote, quote_parts, same_name};
use firesteel_common::{ColumnId, Result, Span, SqlType, error};
use firesteel_expr::{Expr, ExprRef, Literal, registry};
use firesteel_plan::logical::{Node, Project};
use firesteel_plan::parsed::{self, ExprKind, FunctionCall, Ident, Name, SelectItem, SelectItemKind};
use firesteel_plan::{LogicalPlan, PlanColumn, PlanRef};
use hashbrown::{HashMap, HashSet};

use crate::expr::Resolver;
use crate::generator::{Generated, as_generator, nested_in};
use crate::scope::{Found, Scope, ScopeColumn, unqualified};
use crate::{Analyzer, errors, unsupported};

/// A column to be computed. Its expression may use the ids of items before it.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) id: ColumnId,
    pub(crate) name: Arc<str>,
    pub(crate) expr: ExprRef,
    pub(crate) span: Span,
}

impl Item {
    fn scope_column(&self) -> ScopeColumn {
        ScopeColumn::new(&unqualified(), Arc::clone(&self.name), PlanColumn::of(self.id, &self.expr))
    }
}

/// The select list while it is resolved, item by item.
struct ItemList<'l, 'r, 'a> {
    resolver: &'l Resolver<'r, 'a>,
    input: &'r Scope,
    items: Vec<Item>,
    /// Aliases given so far.
    aliases: Scope,
    generators: Vec<Generated>,
    /// Their columns, for those who do not find a name elsewhere.
    generated: Scope,
}

impl Analyzer<'_> {
    pub(crate) fn items<'r>(
        &self,
        projection: &[SelectItem],
        input: &'r Scope,
        resolver: &Resolver<'r, '_>,
    ) -> Result<(Vec<Item>, Vec<Generated>)> {
        let (items, aliases) = (Vec::with_capacity(projection.len()), Scope::default());
        let (generators, generated) = (Vec::new(), Scope::default());
        let mut list = ItemList { resolver, input, items, aliases, generators, generated };
        for item in projection {
            list.add(item).map_err(|error| error.at(item.span))?;
        }
        Ok((list.items, list.generators))
    }
}

impl ItemList<'_, '_, '_> {
    fn add(&mut self, item: &SelectItem) -> Result<()> {
        match &item.kind {
            SelectItemKind::Expr { expr, alias } => self.add_expr(expr, alias.as_ref(), item.span),
            SelectItemKind::Wildcard { qualifier, except } => self.add_wildcard(qualifier, except, item.span),
            SelectItemKind::MultiAlias { expr, aliases } => match as_generator(expr) {
                Some(call) => self.add_generator(call, aliases, expr.span),
                None => {
                    let names: Vec<_> = aliases.iter().map(|alias| alias.value.as_str()).collect();
                    let text = format!("\"{}\"", self.resolver.name_of(expr));
                    Err(error!(MULTI_ALIAS_WITHOUT_GENERATOR, expr = text, names = names.join(", ")))
                }
            },
        }
    }

    fn push(&mut self, name: Arc<str>, expr: ExprRef, span: Span) {
        let id = self.resolver.analyzer.ids().fresh(Arc::clone(&name));
        self.items.push(Item { id, name, expr, span });
    }

    fn add_expr(&mut self, written: &parsed::Expr, alias: Option<&Ident>, span: Span) -> Result<()> {
        // `t.*` and `s.*` may arrive as expressions too.
        if let (ExprKind::Star(qualifier), None) = (&written.kind, alias) {
            return self.add_wildcard(qualifier, &[], span);
        }
        if let Some(call) = as_generator(written) {
            return self.add_generator(call, alias.map_or(&[], std::slice::from_ref), written.span);
        }
        let (name, expr) = {
            let resolver = self.resolver();
            let expr = resolver.resolve(written).map_err(|error| self.lateral_error(error));
            let expr = expr.map_err(|error| nested_in(error, &|| resolver.name_of(written)))?;
            let name = match alias {
                Some(alias) => alias.value.clone(),
                None => resolver.column_name_of(written),
            };
            (Arc::<str>::from(name), expr)
        };
        self.push(name, expr, span);
        if let (Some(_), Some(item)) = (alias, self.items.last()) {
            self.aliases.columns.push(item.scope_column());
        }
        Ok(())
    }

    /// The resolver of the next item, which knows the aliases before it.
    fn resolver(&self) -> Resolver<'_, '_> {
        let scopes = vec![self.input, &self.aliases, &self.generated];
        Resolver { scopes, laterals: Some(&self.aliases), ..self.resolver.clone() }
    }

    /// An item for each of its columns. Its arguments are computed below the select list.
    fn add_generator(&mut self, call: &FunctionCall, aliases: &[Ident], span: Span) -> Result<()> {
        let generated = self.resolver().generated(call, aliases, span).map_err(|error| self.lateral_error(error))?;
        let generator = generated.generator.map_args(&mut |arg| expand(arg, &self.items))?;
        for (name, column) in &generated.columns {
            self.push(Arc::clone(name), column.to_expr(), span);
        }
        if let ([_], Some(item)) = (aliases, self.items.last()) {
            self.aliases.columns.push(item.scope_column());
        }
        self.generated.columns.extend(generated.scope_columns(&unqualified()));
        self.generators.push(Generated { generator, ..generated });
        Ok(())
    }

    /// An alias given twice is no column given twice.
    fn lateral_error(&self, error: firesteel_common::Error) -> firesteel_common::Error {
        if !error.is(&firesteel_common::conditions::AMBIGUOUS_REFERENCE) {
            return error;
        }
        let name = error.parameters().iter().find(|(name, _)| *name == "name").map(|(_, name)| name.clone());
        let name = name.unwrap_or_default();
        let count = |scope: &Scope| scope.visible().filter(|column| same_name(&quote(&column.name), &name)).count();
        if count(self.input) > 0 || count(&self.aliases) == 0 {
            return error;
        }
        let count = count(&self.aliases).to_string();
        error!(AMBIGUOUS_LATERAL_COLUMN_ALIAS, name = name, n = count).at_opt(error.span())
    }

    fn add_wildcard(&mut self, qualifier: &[Ident], except: &[Name], span: Span) -> Result<()> {
        let excepted = except.iter().map(|name| self.excepted(name)).collect::<Result<Vec<_>>>()?;
        check_no_overlap(&excepted, except)?;
        let of_relation = |column: &&ScopeColumn| match qualifier {
            [] => !column.hidden,
            _ => column.is_of(qualifier),
        };
        let columns: Vec<_> = self.input.columns.iter().filter(of_relation).cloned().collect();
        if !columns.is_empty() {
            for column in &columns {
                let id = column.column.id;
                let paths = excepted.iter().filter(|(of, _)| *of == id).map(|(_, path)| *path);
                if let Some(expr) = without(&column.name, column.column.to_expr(), &paths.collect::<Vec<_>>())? {
                    self.push(Arc::clone(&column.name), expr, span);
                }
            }
            return Ok(());
        }
        match self.input.find(qualifier) {
            Found::Column(column, []) if !qualifier.is_empty() => self.add_struct_fields(column.column.to_expr(), span),
            _ => {
                let target: Vec<_> = qualifier.iter().map(|part| part.value.as_str()).collect();
                let mut known: Vec<_> = self.input.visible().map(|column| quote(&column.name)).collect();
                known.sort_unstable();
                let (target, known) = (quote_parts(&target), known.join(", "));
                Err(error!(CANNOT_RESOLVE_STAR_EXPAND, targetString = target, columns = known).at(span))
            }
        }
    }

    /// A column, and the path to a field of it if it is not the whole column.
    fn excepted<'n>(&self, name: &'n Name) -> Result<(ColumnId, &'n [Ident])> {
        match self.input.find(&name.parts) {
            Found::Column(column, path) => Ok((column.column.id, path)),
            Found::Ambiguous(columns) => Err(errors::ambiguous(&name.parts, &columns)),
            Found::Nothing => Err(errors::unresolved_column(&name.parts, Some(self.input))),
        }
    }

    fn add_struct_fields(&mut self, operand: ExprRef, span: Span) -> Result<()> {
        let SqlType::Struct(fields) = operand.data_type().clone() else {
            return Err(unsupported("* of a column that is no struct", span));
        };
        for field in fields.iter() {
            let name = Expr::literal(Literal::string(field.name.as_ref()));
            let value = registry::call(crate::expr::GET_FIELD, vec![operand.clone(), name])?;
            self.push(Arc::clone(&field.name), value, span);
        }
        Ok(())
    }
}

/// The value of that name without the fields at these paths; nothing of it if a path is empty.
fn without(name: &str, value: ExprRef, paths: &[&[Ident]]) -> Result<Option<ExprRef>> {
    if paths.is_empty() {
        return Ok(Some(value));
    }
    if paths.iter().any(|path| path.is_empty()) {
        return Ok(None);
    }
    let SqlType::Struct(fields) = value.data_type().clone() else {
        let (base, other) = (format!("\"{name}\""), value.data_type().quoted_sql());
        return Err(error!(INVALID_EXTRACT_BASE_FIELD_TYPE, base = base, other = other).at(paths[0][0].span));
    };
    let known = |first: &Ident| fields.iter().any(|field| same_name(&field.name, &first.value));
    if let Some(unknown) = paths.iter().map(|path| &path[0]).find(|first| !known(first)) {
        let names: Vec<_> = fields.iter().map(|field| quote(&field.name)).collect();
        let error = error!(FIELD_NOT_FOUND, fieldName = quote(&unknown.value), fields = names.join(", "));
        return Err(error.at(unknown.span));
    }
    let mut args = Vec::with_capacity(2 * fields.len());
    for field in fields.iter() {
        let field_name = Expr::literal(Literal::string(field.name.as_ref()));
        let inner = registry::call(crate::expr::GET_FIELD, vec![value.clone(), field_name.clone()])?;
        let below: Vec<_> =
            paths.iter().filter(|path| same_name(&path[0].value, &field.name)).map(|path| &path[1..]).collect();
        if let Some(inner) = without(&field.name, inner, &below)? {
            args.extend([field_name, inner]);
        }
    }
    registry::call("named_struct", args).map(Some)
}

/// No entry of EXCEPT may lie within another.
fn check_no_overlap(excepted: &[(ColumnId, &[Ident])], names: &[Name]) -> Result<()> {
    let within = |(a, path): &(ColumnId, &[Ident]), (b, other): &(ColumnId, &[Ident])| {
        a == b && path.iter().zip(*other).all(|(a, b)| same_name(&a.value, &b.value))
    };
    let overlaps = (0..excepted.len()).any(|at| excepted[..at].iter().any(|other| within(&excepted[at], other)));
    if !overlaps {
        return Ok(());
    }
    let all: Vec<_> = names.iter().map(|name| name.values().join(".")).collect();
    Err(error!(EXCEPT_OVERLAPPING_COLUMNS, columns = all.join(", ")).at(names[0].span))
}

/// The names of the items for clauses after SELECT. Items that are the same expression are the same column.
pub(crate) fn output_scope(items: &[Item]) -> Scope {
    let mut seen: HashMap<&ExprRef, ColumnId> = HashMap::new();
    let columns = items.iter().map(|item| {
        let id = *seen.entry(&item.expr).or_insert(item.id);
        let column = item.scope_column();
        ScopeColumn { column: PlanColumn { id, ..column.column }, ..column }
    });
    Scope { columns: columns.collect() }
}

/// The expression with items' expressions in the place of their ids, so that it can stand below the projection.
pub(crate) fn expand(expr: &ExprRef, items: &[Item]) -> Result<ExprRef> {
    let mut expr = expr.clone();
    // Items use only items before them: one pass per level ends.
    for _ in 0..=items.len() {
        if !expr.columns().iter().any(|id| items.iter().any(|item| item.id == *id)) {
            break;
        }
        expr = expr.replace_columns(&|id| items.iter().find(|item| item.id == id).map(|item| item.expr.clone()))?;
    }
    Ok(expr)
}

/// Projects that compute the items: one, or as many as aliases build on aliases.
pub(crate) fn project(mut plan: PlanRef, items: &[Item]) -> PlanRef {
    let levels = levels(items);
    let last = levels.iter().copied().max().unwrap_or(0);
    for level in 0..=last {
        let later = items.iter().zip(&levels).filter(|(_, of)| **of > level).map(|(item, _)| item);
        let needed: HashSet<ColumnId> = later.flat_map(|item| item.expr.columns().iter().copied()).collect();
        let done: HashSet<ColumnId> =
            items.iter().zip(&levels).filter(|(_, of)| **of < level).map(|(item, _)| item.id).collect();
        let kept =
            plan.schema().columns.iter().filter(|column| done.contains(&column.id) || needed.contains(&column.id));
        let kept = kept.map(|column| (column.id, column.to_expr()));
        let now = items.iter().zip(&levels).filter(|(_, of)| **of == level);
        let exprs: Vec<_> = kept.chain(now.map(|(item, _)| (item.id, item.expr.clone()))).collect();
        plan = LogicalPlan::new(Node::Project(Project { input: plan, exprs }));
    }
    plan
}

/// 0 for items over the input alone, one more than the highest item they use for others.
fn levels(items: &[Item]) -> Vec<usize> {
    let mut of: HashMap<ColumnId, usize> = HashMap::new();
    let level = |item: &Item| {
        let level = item.expr.columns().iter().filter_map(|id| of.get(id)).max().map_or(0, |level| level + 1);
        of.insert(item.id, level);
        level
    };
    items.iter().map(level).collect()
}
