#!/bin/sh
# Runs once, when the database is created: creates the users of docs/controller.md and docs/administration.md. Neither program uses the superuser.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set owner_password="$MESOSIAM_OWNER_PASSWORD" --set password="$MESOSIAM_DB_PASSWORD" \
    --set admin_password="$MESOSIAM_ADMIN_PASSWORD" <<'EOF'
create role mesos_iam_app nologin;
create role mesosiam login password :'password' in role mesos_iam_app;
create role mesos_iam_admin login password :'admin_password';
create role mesosiam_owner login password :'owner_password';
create database mesosiam owner mesosiam_owner encoding 'UTF8' template template0;
EOF
