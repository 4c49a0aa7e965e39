-- For many tenants over a long time. The embedded store goes without: there each index costs as much
-- processor time per decision as the row itself.
create index decision_by_tenant on decision (tenant, at desc);
create index decision_by_model on decision (model, at desc);
create index decision_expert_by_expert on decision_expert (expert, decision);
