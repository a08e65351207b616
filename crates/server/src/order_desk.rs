//! Test orders for those who may: the only way from a handler to them.
//!
//! A laboratory sees the orders that it was chosen for, and of a case nothing else.

use access::{Action, Asked, Permit, Purpose, Relation, Rights, Role, audit::Entry};
use care::order::{RecordOrderError, place_order, record_event};
use chrono::NaiveDate;
use model::{
    identity::{CaseId, OrderId},
    order::{EventAuthor, OrderEvent, OrderEventKind, Pace, TestOrder, WaitsFor},
    organisation::OrganisationCode,
};
use store::{OrderFilter, StoredOrder};

use crate::{error::PageError, state::AppState, viewer::Viewer};

/// Orders begun so many days ago and later make the programme's pace.
const PACE_DAYS: i64 = 365;

impl AppState {
    /// Permits reading one order, and gives it with the permit.
    pub(crate) async fn read_order(
        &self,
        viewer: &Viewer,
        id: OrderId,
        action: Action,
    ) -> Result<(StoredOrder, Permit), PageError> {
        let found = self.store.order(id).await.map_err(PageError::internal)?;
        let order = found.ok_or(PageError::NotFound)?;
        let case = order.order.case;
        let permit = match self.permit_case(viewer, action, case, Purpose::Testing).await {
            Ok(permit) if concerns(&permit, &order) => permit,
            Ok(_) | Err(PageError::NotFound) => {
                self.permit_laboratory(viewer, action, &order).ok_or(PageError::NotFound)?
            }
            Err(error) => return Err(error),
        };
        Ok((order, permit))
    }

    /// Finds the order of a number, as requests and laboratories write it, or of an identifier. Whether the reader
    /// may know of it is asked afterwards.
    pub(crate) async fn order_called(&self, word: &str) -> Result<OrderId, PageError> {
        if let Ok(id) = word.parse() {
            return Ok(OrderId(id));
        }
        let (reference, _) = word.rsplit_once('-').ok_or(PageError::NotFound)?;
        store::check_reference(reference).map_err(|_| PageError::NotFound)?;
        let case = self.store.case_by_reference(reference).await.map_err(PageError::internal)?;
        let case = case.ok_or(PageError::NotFound)?.case;
        let orders = self.store.orders_of_case(case).await.map_err(PageError::internal)?;
        let named = orders.iter().find(|order| order.number() == word);
        named.map(|order| order.id).ok_or(PageError::NotFound)
    }

    /// Returns the permit that a person would get for an order, so that its page offers what can be done.
    pub(crate) async fn would_permit_order(
        &self,
        viewer: &Viewer,
        action: Action,
        order: &StoredOrder,
    ) -> Result<Option<Permit>, PageError> {
        let permit = self.would_permit(viewer, action, order.order.case, Purpose::Testing).await?;
        let permit = permit.filter(|permit| concerns(permit, order));
        Ok(permit.or_else(|| self.permit_laboratory(viewer, action, order)))
    }

    /// Permits the laboratory that an order was given to.
    fn permit_laboratory(
        &self,
        viewer: &Viewer,
        action: Action,
        order: &StoredOrder,
    ) -> Option<Permit> {
        let asked = Asked {
            action,
            relation: Relation::ChosenLaboratory,
            organisation: Some(&order.order.laboratory),
            purpose: Purpose::Testing,
            case: Some(order.order.case),
        };
        Rights::ours().decide(&viewer.actor, &asked, care::order::local_day(self.now()))
    }

    /// Permits reading the orders of a case, and gives those that may be seen.
    pub(crate) async fn read_orders_of_case(
        &self,
        viewer: &Viewer,
        case: CaseId,
    ) -> Result<Vec<StoredOrder>, PageError> {
        let permit = self.permit_case(viewer, Action::ReadOrder, case, Purpose::Testing).await?;
        let orders = self.store.orders_of_case(case).await.map_err(PageError::internal)?;
        Ok(orders.into_iter().filter(|order| concerns(&permit, order)).collect())
    }

    /// Returns the orders that a person may see in lists; `None` of none at all.
    pub(crate) async fn orders_seen_by(
        &self,
        viewer: &Viewer,
    ) -> Result<Option<OrderFilter>, PageError> {
        let day = care::order::local_day(self.now());
        let rights = Rights::ours();
        let (mut hospitals, mut laboratories) = (Vec::new(), Vec::new());
        for membership in viewer.actor.memberships_on(day) {
            let allows =
                |relation| rights.allows(membership.role, Action::ReadOrder, relation, day);
            if allows(Relation::Programme) {
                return Ok(Some(OrderFilter::default()));
            }
            if allows(Relation::OwnHospital) {
                hospitals.push(membership.organisation.clone());
            }
            if allows(Relation::LinkedHospital) {
                hospitals.extend(self.partners_of(&membership.organisation).await?);
            }
            if allows(Relation::ChosenLaboratory) {
                laboratories.push(membership.organisation.clone());
            }
        }
        hospitals.sort();
        hospitals.dedup();
        let some = |codes: Vec<OrganisationCode>| Some(codes).filter(|codes| !codes.is_empty());
        // A person of a hospital sees the hospital's orders; only others see a laboratory's.
        let filter = match (some(hospitals), some(laboratories)) {
            (Some(hospitals), _) => {
                OrderFilter { hospitals: Some(hospitals), ..OrderFilter::default() }
            }
            (None, Some(laboratories)) => {
                OrderFilter { laboratories: Some(laboratories), ..OrderFilter::default() }
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(filter))
    }

    /// Returns whose turn is this person's own; none for roles that look after all of them.
    pub(crate) fn turns_of(&self, viewer: &Viewer) -> Vec<WaitsFor> {
        let day = care::order::local_day(self.now());
        let turn = |role| match role {
            Role::Physician => Some(WaitsFor::Physician),
            Role::Coordinator => Some(WaitsFor::Coordinator),
            Role::Pathologist => Some(WaitsFor::Pathologist),
            Role::GeneticCounsellor => Some(WaitsFor::GeneticCounsellor),
            Role::Laboratory => Some(WaitsFor::Laboratory),
            Role::CentreStaff => Some(WaitsFor::Centre),
            _ => None,
        };
        WaitsFor::ALL
            .iter()
            .copied()
            .filter(|word| {
                viewer.actor.memberships_on(day).any(|each| turn(each.role) == Some(*word))
            })
            .collect()
    }

    /// Counts the orders that wait for this person.
    pub(crate) async fn orders_waiting_for(&self, viewer: &Viewer) -> Result<u64, PageError> {
        let turns = self.turns_of(viewer);
        let Some(seen) = self.orders_seen_by(viewer).await?.filter(|_| !turns.is_empty()) else {
            return Ok(0);
        };
        let open = OrderFilter { open: true, ..seen };
        let waiting = self.store.orders_waiting(&open).await.map_err(PageError::internal)?;
        let own = waiting.iter().filter(|(word, _)| turns.contains(word));
        Ok(own.map(|(_, orders)| orders).sum())
    }

    /// Places an order.
    pub(crate) async fn place_order(
        &self,
        permit: &Permit,
        viewer: &Viewer,
        order: TestOrder,
        note: String,
    ) -> Result<StoredOrder, RecordOrderError> {
        let mut first = OrderEvent::new(
            OrderEventKind::Ordered,
            order.ordered_on,
            author(permit, viewer),
            self.now(),
        );
        first.note = note;
        let mut batch = self.store.begin().await?;
        let stored = place_order(&mut batch, order, first).await?;
        batch.append_audit(&self.order_entry(permit, viewer, &stored)).await?;
        batch.commit().await?;
        self.metrics.saved("order", 1);
        Ok(stored)
    }

    /// Records what happened to an order of which so many events were seen.
    pub(crate) async fn record_order_event(
        &self,
        permit: &Permit,
        viewer: &Viewer,
        id: OrderId,
        event: &OrderEvent,
        seen: Option<usize>,
    ) -> Result<StoredOrder, RecordOrderError> {
        let mut batch = self.store.begin().await?;
        let stored = record_event(&mut batch, id, event, seen).await?;
        let entry = self.order_entry(permit, viewer, &stored).with_items([event.kind.code()]);
        batch.append_audit(&entry).await?;
        batch.commit().await?;
        self.metrics.saved("order", 1);
        Ok(stored)
    }

    fn order_entry(&self, permit: &Permit, viewer: &Viewer, stored: &StoredOrder) -> Entry {
        Entry::permitted(self.now(), &viewer.actor, permit)
            .on_case(stored.order.case, Some(stored.order.hospital.clone()))
            .about("order", stored.id)
    }

    /// Returns how long orders of the last year took in the whole programme.
    pub(crate) async fn pace(&self, today: NaiveDate) -> Result<Pace, PageError> {
        let since = today - chrono::TimeDelta::days(PACE_DAYS);
        let intervals = self.store.order_intervals(since, today, None, None).await;
        Ok(Pace::of(&intervals.map_err(PageError::internal)?))
    }
}

/// Returns whether a permit for a case covers an order of it.
fn concerns(permit: &Permit, order: &StoredOrder) -> bool {
    permit.relation() != Relation::ChosenLaboratory
        || *permit.organisation() == order.order.laboratory
}

/// Who records, as the event keeps it.
pub(crate) fn author(permit: &Permit, viewer: &Viewer) -> EventAuthor {
    EventAuthor {
        person: Some(permit.person()),
        name: viewer.actor.name.clone(),
        organisation: Some(permit.organisation().clone()),
    }
}
