-- Files of managed content, in Base64.
create table content_files (uuid text primary key, data text not null);
