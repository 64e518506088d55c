-- Waiting tasks whose command another job has sent before: few, and looked at when a run begins.
create index tasks_sent_before on tasks (job_id, idx) where class = 'sent-before';
