-- What the guard weighs besides the draft: how often a selection was carried out before, what was known of the tenant
-- when a plan was made, and which of the items that were sent count against a cap.
alter table plans add column selection_key text;
alter table plans add column surroundings text;
alter table plan_items add column risk text;
alter table plan_items add column word text;
create index plans_by_selection on plans (selection_key);
create index plan_items_by_risk on plan_items (plan_id, idx) where risk <> 'reversible';
