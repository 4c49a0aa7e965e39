create index decision_by_first_expert on decision (expert, at desc);
