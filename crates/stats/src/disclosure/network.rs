//! A table as a network: counts flow from rows to columns, to the total, and back to the rows.
//!
//! Every equation of the table says that what flows into a node flows out of it, so that the tables which agree with the
//! shown numbers are the circulations in which only hidden cells change. How far a hidden cell can change is then a
//! largest flow, exact and in whole numbers.
//!
//! Source: Cox LH, J Am Stat Assoc 1995;90:1453 (tables as networks); Ford LR, Fulkerson DR, 1962.

use std::{cmp::Reverse, collections::BinaryHeap, collections::VecDeque};

use super::table::CountTable;

/// What a reader knows of a cell, and what hiding it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// The count is shown; hiding it would cost so much.
    Shown { cost: u64 },
    /// The count is shown and cannot be hidden: it is 0, or known from elsewhere.
    Fixed,
    /// The count is hidden, and known to be above 0.
    Hidden,
    /// The count is a total that does not go out.
    Withheld,
}

impl Known {
    fn is_open(self) -> bool {
        matches!(self, Self::Hidden | Self::Withheld)
    }

    /// Returns what a reader knows the count to be at least.
    pub(super) fn least(self) -> u64 {
        u64::from(self == Self::Hidden)
    }
}

/// A way along one cell, up or down.
#[derive(Debug, Clone, Copy)]
struct Arc {
    cell: usize,
    to: usize,
    up: bool,
}

/// The nodes of a table and the cells between them.
pub(super) struct Network<'a> {
    counts: &'a [u64],
    ends: Vec<(usize, usize)>,
    arcs: Vec<Vec<Arc>>,
}

impl<'a> Network<'a> {
    pub(super) fn of(table: &'a CountTable) -> Self {
        let (rows, columns) = (table.rows, table.columns);
        let (total_in, total_out) = (rows + columns, rows + columns + 1);
        let ends: Vec<(usize, usize)> = (0..table.cells.len())
            .map(|cell| {
                let place = table.place(cell);
                match (place.row, place.column) {
                    (Some(row), Some(column)) => (row, rows + column),
                    (None, Some(column)) => (rows + column, total_in),
                    (Some(row), None) => (total_out, row),
                    (None, None) => (total_in, total_out),
                }
            })
            .collect();
        let mut arcs = vec![Vec::new(); rows + columns + 2];
        for (cell, (from, to)) in ends.iter().enumerate() {
            arcs[*from].push(Arc { cell, to: *to, up: true });
            arcs[*to].push(Arc { cell, to: *from, up: false });
        }
        Self { counts: &table.cells, ends, arcs }
    }

    /// Returns by how much an open cell can rise in some table that agrees with what is known, `enough` at most being
    /// looked for; `None` when there is no limit.
    pub(super) fn rise(&self, known: &[Known], cell: usize, enough: u64) -> Option<u64> {
        let (from, to) = self.ends[cell];
        self.flow(known, cell, (to, from), enough)
    }

    /// Returns by how much an open cell can fall in some table that agrees with what is known.
    pub(super) fn fall(&self, known: &[Known], cell: usize) -> u64 {
        let (from, to) = self.ends[cell];
        let most = self.counts[cell] - known[cell].least();
        self.flow(known, cell, (from, to), most).map_or(most, |flow| flow.min(most))
    }

    fn flow(
        &self,
        known: &[Known],
        without: usize,
        (source, sink): (usize, usize),
        enough: u64,
    ) -> Option<u64> {
        // How far each cell can fall; it grows when the flow makes the cell rise.
        let mut room: Vec<u64> = self
            .counts
            .iter()
            .zip(known)
            .map(|(count, known)| count.saturating_sub(known.least()))
            .collect();
        let mut flow = 0;
        while flow < enough {
            let Some(path) = self.path(known, &room, without, (source, sink)) else { break };
            let narrowest = path.iter().filter(|arc| !arc.up).map(|arc| room[arc.cell]).min();
            let width = narrowest?.min(enough - flow);
            for arc in path {
                if arc.up {
                    room[arc.cell] += width;
                } else {
                    room[arc.cell] -= width;
                }
            }
            flow += width;
        }
        Some(flow)
    }

    /// Returns a shortest path along open cells that have room.
    fn path(
        &self,
        known: &[Known],
        room: &[u64],
        without: usize,
        (source, sink): (usize, usize),
    ) -> Option<Vec<Arc>> {
        let mut came_by: Vec<Option<(usize, Arc)>> = vec![None; self.arcs.len()];
        let mut queue = VecDeque::from([source]);
        while let Some(node) = queue.pop_front() {
            if node == sink {
                return Some(walk_back(&came_by, source, sink));
            }
            for arc in &self.arcs[node] {
                let passable = arc.cell != without
                    && known[arc.cell].is_open()
                    && (arc.up || room[arc.cell] > 0);
                if passable && arc.to != source && came_by[arc.to].is_none() {
                    came_by[arc.to] = Some((node, *arc));
                    queue.push_back(arc.to);
                }
            }
        }
        None
    }

    /// Returns the cells that, hidden together with `cell`, let it rise by `amount`, at the least cost.
    ///
    /// Each of them can then change by `amount` too.
    pub(super) fn cheapest_cover(&self, known: &[Known], cell: usize, amount: u64) -> Vec<usize> {
        let (sink, source) = self.ends[cell];
        let mut cost = vec![u64::MAX; self.arcs.len()];
        let mut came_by: Vec<Option<(usize, Arc)>> = vec![None; self.arcs.len()];
        let mut heap = BinaryHeap::from([Reverse((0, source))]);
        cost[source] = 0;
        while let Some(Reverse((so_far, node))) = heap.pop() {
            if node == sink {
                return walk_back(&came_by, source, sink).iter().map(|arc| arc.cell).collect();
            }
            if so_far > cost[node] {
                continue;
            }
            for arc in &self.arcs[node] {
                let (price, least) = match known[arc.cell] {
                    Known::Shown { cost } => (cost, 1),
                    Known::Fixed => continue,
                    open @ (Known::Hidden | Known::Withheld) => (0, open.least()),
                };
                let wide = arc.up || self.counts[arc.cell] >= least + amount;
                let through = so_far.saturating_add(price);
                if arc.cell != cell && wide && through < cost[arc.to] {
                    cost[arc.to] = through;
                    came_by[arc.to] = Some((node, *arc));
                    heap.push(Reverse((through, arc.to)));
                }
            }
        }
        // The cell, its totals and the total of all are above 0 and form a circle, so that there is always a path.
        Vec::new()
    }
}

fn walk_back(came_by: &[Option<(usize, Arc)>], source: usize, sink: usize) -> Vec<Arc> {
    let mut path = Vec::new();
    let mut node = sink;
    while node != source {
        let Some((before, arc)) = came_by[node] else { break };
        path.push(arc);
        node = before;
    }
    path
}
