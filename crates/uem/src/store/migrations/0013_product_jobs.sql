-- What a product has a device do: `kind` is Install or Uninstall, `status` Queued, InProgress, Completed or Failed.
-- A device has one job of a product at a time; doing it again counts `attempts` up.
create table product_jobs (
    device_id bigint not null, product_id bigint not null, kind text not null, status text not null,
    version bigint not null, attempts bigint not null, error text not null, queued_at bigint not null,
    started_at bigint, finished_at bigint, primary key (device_id, product_id));
create index product_jobs_product on product_jobs (product_id, status);
