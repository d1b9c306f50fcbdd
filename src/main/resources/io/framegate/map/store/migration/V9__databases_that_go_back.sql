-- A database can go back: it is restored, or a standby takes over that had not got the last commits. What was given out since
-- then is known to servers and clients, and is not true any more. Two things tell what is from what was:
--
--   * Numbers never come again: those of changes, and the ids of data sets and of new features. A database that goes back is
--     started anew, or its tables are made anew; so the first who takes a number in another run takes those from the time of
--     day on, in which nobody has taken one. The database sees to it itself, whoever asks, in whichever version.
--   * The epoch. A server remembers the last change that it has seen, and finds at its next look that it is gone, or is
--     another. It then begins another epoch, for all servers, and by that tells everybody to begin anew.
--
-- A change's number and time are known from then on to be those of one change only: no clock gives the same microsecond for
-- the same number twice.

create function microseconds_since(begin timestamptz) returns bigint language sql volatile as $$
    select (extract(epoch from clock_timestamp() - begin) * 1000000)::bigint
$$;

-- Whether this is the run of the database of which somebody has noted when it was started, and which table of changes it has.
create function is_this_run(started timestamptz, changes oid) returns boolean language sql stable as $$
    select started = pg_postmaster_start_time() and changes = 'map.change'::regclass::oid
$$;

-- In which run numbers were last taken from a sequence.
create table run (
    sequence text        primary key,
    started  timestamptz not null,
    changes  oid         not null
);
insert into run (sequence, started, changes)
    select sequence, pg_postmaster_start_time(), 'map.change'::regclass
    from unnest(array['data_set_id', 'feature_id']) as of (sequence);

-- Has a sequence go on from a number that nobody has had, if this is another run. Others wait for the one who does it.
create function go_ahead(of_sequence text, at_least bigint) returns void
    language plpgsql set search_path from current as $$
begin
    update run set started = pg_postmaster_start_time(), changes = 'map.change'::regclass
        where sequence = of_sequence and not is_this_run(started, changes);
    if found then
        -- Not below what it has given out, whatever the clock says.
        perform setval(of_sequence::regclass, greatest(nextval(of_sequence::regclass), at_least));
    end if;
end $$;

-- Ids for so many new features.
create function new_feature_ids(count integer) returns setof bigint language plpgsql as $$
begin
    if count > 0 then
        perform map.go_ahead('feature_id', 4503599627370496 + map.microseconds_since('2020-01-01 00:00:00+00'));
        return query select nextval('map.feature_id') from generate_series(1, count);
    end if;
end $$;

-- Changes are numbered by the microsecond from the first change of another run on, and as before until then. That somebody
-- makes more than one a microsecond for long is ruled out; the random part is for clocks that go back too.
alter table change_counter
    add column started timestamptz not null default pg_postmaster_start_time(),
    add column changes oid         not null default 'map.change'::regclass;

create function count_in_this_run() returns trigger language plpgsql as $$
begin
    new.last := new.last - old.last
        + greatest(old.last, map.microseconds_since('1970-01-01 00:00:00+00')) + (random() * 1000000)::bigint;
    new.started := pg_postmaster_start_time();
    new.changes := 'map.change'::regclass;
    return new;
end $$;

create trigger count_in_this_run before update on change_counter for each row
    when (not is_this_run(old.started, old.changes)) execute function count_in_this_run();

-- The epoch: 0 until a server has found out that the database has gone back.
create table epoch (
    only_row boolean primary key default true check (only_row),
    number   bigint  not null
);
insert into epoch (number) values (0);

-- Begins another epoch than the present one, above another number too; null if somebody else has begun it meanwhile.
create function begin_epoch(present bigint, above bigint) returns bigint language sql set search_path from current as $$
    update epoch set number = greatest(present + 1, above + 1, microseconds_since('1970-01-01 00:00:00+00'))
        where number = present returning number
$$;

-- A block is known by a number that no other one has: transactions are numbered anew by a database that goes back, and a
-- checksum is short. Those of before are told apart by what they have besides.
alter table block add column nonce bigint not null default 0;
alter table block alter column nonce set default (random() * 9007199254740992)::bigint;

-- As in V8, but with the id from go_ahead and a block's nonce.
create or replace function begin_load() returns integer language plpgsql set search_path from current as $$
declare
    new_id integer;
    kind   text;
    stored record;
begin
    perform go_ahead('data_set_id', microseconds_since('2020-01-01 00:00:00+00') / 1000000);
    new_id := nextval('data_set_id');
    foreach kind in array feature_tables() || array['block'] loop
        execute format('create table loading_%s (%s)', kind, columns_of_load(kind));
        for stored in
            select attname from pg_attribute
            where attrelid = kind::regclass and attnum > 0 and not attisdropped and attstorage = 'e'
        loop
            execute format('alter table loading_%s alter %I set storage external', kind, stored.attname);
        end loop;
        execute format('alter table loading_%s alter data_set set default %s', kind, new_id);
        if kind = 'block' then
            execute 'alter table loading_block alter nonce set default (random() * 9007199254740992)::bigint';
        else
            execute format('alter table loading_%s alter place set default 0', kind);
        end if;
        -- Lets ATTACH take the new partition without reading it.
        execute format('alter table loading_%s add constraint one_data_set check (data_set = %s)', kind, new_id);
    end loop;
    return new_id;
end $$;
