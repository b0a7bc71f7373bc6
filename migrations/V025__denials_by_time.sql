-- A denial of named sessions ends with the sessions that were revoked.
--
-- Before, it also covered sessions of the same name that were issued later: those of the task after the revocation was lifted, or of a new launch
-- where a policy's session_name names the task alone. A row can now have both names and a time, and both must agree. Rows from before mean what
-- they meant.

alter table session_denial
    drop constraint session_denial_of_names_or_of_all,
    add constraint session_denial_of_names_or_of_all check (cardinality(session_names) > 0 or issued_before is not null);
comment on constraint session_denial_of_names_or_of_all on session_denial is
    'session_names, issued_before: at least one of both';
comment on column session_denial.session_names is 'The role session names that are denied; empty: all';
comment on column session_denial.issued_before is
    'Only sessions issued before this moment are denied; null: all of session_names. Usually a minute after the revocation, because a session may be under way';
