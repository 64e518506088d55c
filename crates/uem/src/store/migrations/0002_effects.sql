-- What the API did, one row for each effect, written in the transaction of the effect itself. `object` is the address
-- that was called; command and device are known where a device was sent something.
create table effects (
    id bigint primary key, at bigint not null, request_id text not null, operation text not null,
    object text not null, command text, device_id bigint);
