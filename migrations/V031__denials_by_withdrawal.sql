-- What a revocation has denied at AWS is read by its withdrawal.

create index session_denial_by_withdrawal on session_denial (withdrawal_id);
comment on index session_denial_by_withdrawal is 'The denials of a revocation';
