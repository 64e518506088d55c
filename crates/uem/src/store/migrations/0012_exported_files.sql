-- What reports hold, apart from the list of them.
create table exported_files (uuid text primary key, content text not null);
