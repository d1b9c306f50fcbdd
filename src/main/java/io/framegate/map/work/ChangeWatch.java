package io.framegate.map.work;

import io.framegate.map.message.Area;
import io.framegate.map.message.MapChanged;
import io.framegate.map.message.Points;
import io.framegate.map.message.Watching;
import io.framegate.map.store.Box;
import io.framegate.map.store.ChangeFeed;
import io.framegate.map.store.ChangeFeed.News;
import io.framegate.map.store.ChangeFeed.Place;
import io.framegate.map.store.DataSetLoad;
import io.framegate.message.Caller;
import io.framegate.message.Refusal;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who watch the map that it has changed.
 *
 * <p>It asks the database, ten times a second and for all watchers of a data set together, what has come after the number
 * that it saw last. Changes become visible with their commit and in the order of their numbers, so nothing is told that is
 * not stored, nothing is missed, and a save through another server is told like one through this. If the data set is another
 * load by then, as after the database has gone back, all of its watchers are told. Nothing is asked before somebody watches,
 * and nothing while nobody does.
 *
 * <p><b>Threads.</b> All are let in one by one: who begins to watch and the timer. A push does not wait.
 *
 * <p><b>Limits.</b> One watch for each connection. A client that takes no more notices is told later, once for all.
 */
@ApplicationScoped
public class ChangeWatch {

    private static final long EVERY_MILLIS = 100;
    private static final long NOTHING = -1;
    private static final Logger LOG = System.getLogger(ChangeWatch.class.getName());

    // Set by the container before the first call, and never after.
    @Inject
    private ChangeFeed feed;

    // Set by the container before the first call, and never after.
    @Resource
    private ManagedScheduledExecutorService managedTimer;

    private @Nullable ScheduledExecutorService ownTimer; // for tests; set before the first call

    private final Map<String, Watched> byDataSet = new HashMap<>(); // guarded by this
    private @Nullable Future<?> looking; // guarded by this

    /** For the container. */
    protected ChangeWatch() {}

    /** Without a container. */
    public ChangeWatch(ChangeFeed feed, ScheduledExecutorService timer) {
        this.feed = feed;
        this.ownTimer = timer;
    }

    /**
     * Begins to watch, in place of what this connection watched before.
     *
     * @param areas on WGS 84; none ends it
     * @throws Refusal if there is no such data set
     */
    synchronized Watching watch(Caller caller, String dataSet, List<Area> areas) {
        News last = last(dataSet);
        byDataSet.values().forEach(watched -> watched.watchers.remove(caller.connectionId()));
        if (!areas.isEmpty()) {
            List<Box> boxes = areas.stream().map(ChangeWatch::box).toList();
            byDataSet
                    .computeIfAbsent(dataSet, name -> new Watched(last.load(), last.last()))
                    .watchers
                    .put(caller.connectionId(), new Watcher(caller, boxes));
            if (looking == null) {
                ScheduledExecutorService timer = ownTimer == null ? managedTimer : ownTimer;
                looking = timer.scheduleWithFixedDelay(this::look, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
        return new Watching(last.load().number(), last.last());
    }

    /** Those who watch already are told first: the number is behind what they know. */
    private News last(String dataSet) {
        Watched watched = byDataSet.get(dataSet);
        News news = watched == null
                ? feed.after(dataSet, DataSetLoad.NONE, 0)
                : feed.after(dataSet, watched.load, watched.last);
        if (news.load().equals(DataSetLoad.NONE)) {
            throw new Refusal(Refusal.Code.NOT_FOUND, "There is no data set " + dataSet + ".");
        }
        if (watched != null) {
            watched.take(news);
            tell(dataSet, watched);
        }
        return news;
    }

    private synchronized void look() {
        for (Iterator<Map.Entry<String, Watched>> all = byDataSet.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, Watched> each = all.next();
            Watched watched = each.getValue();
            watched.watchers.values().removeIf(watcher -> !watcher.caller.isConnected());
            if (watched.watchers.isEmpty()) {
                all.remove();
                continue;
            }
            try {
                watched.take(feed.after(each.getKey(), watched.load, watched.last));
                tell(each.getKey(), watched);
                watched.failing = false;
            } catch (RuntimeException e) {
                // The timer would never call again. What was missed is there the next time.
                if (!watched.failing) {
                    LOG.log(Level.WARNING, "Cannot look for changes of the map: {0}", e.getMessage());
                }
                LOG.log(Level.DEBUG, "Cannot look for changes of the map", e);
                watched.failing = true;
            }
        }
        if (byDataSet.isEmpty() && looking != null) {
            looking.cancel(false);
            looking = null;
        }
    }

    private static void tell(String dataSet, Watched watched) {
        for (Watcher watcher : watched.watchers.values()) {
            if (watcher.untold != NOTHING
                    && watcher.caller.push(new MapChanged(dataSet, watched.load.number(), watcher.untold))) {
                watcher.untold = NOTHING;
            }
        }
    }

    private static Box box(Area area) {
        return new Box(units(area.west()), units(area.south()), units(area.east()), units(area.north()));
    }

    private static int units(double degrees) {
        return (int) Math.round(degrees * Points.UNITS_PER_DEGREE);
    }

    @PreDestroy
    synchronized void stop() {
        if (looking != null) {
            looking.cancel(false);
        }
    }

    /** A data set and who watches it, by connection. */
    private static final class Watched {

        private final Map<Long, Watcher> watchers = new HashMap<>();
        private DataSetLoad load;
        private long last;
        private boolean failing; // when it was last looked at

        Watched(DataSetLoad load, long last) {
            this.load = load;
            this.last = last;
        }

        void take(News news) {
            boolean another = !news.load().equals(load);
            load = news.load();
            last = news.last();
            for (Watcher watcher : watchers.values()) {
                if (another) {
                    // What was to be told of the load before counts no more.
                    watcher.untold = last;
                    continue;
                }
                if (news.everywhere()) {
                    watcher.untold = last;
                }
                for (Place place : news.places()) {
                    if (watcher.boxes.stream().anyMatch(box -> touches(box, place.box()))) {
                        watcher.untold = Math.max(watcher.untold, place.number());
                    }
                }
            }
        }

        private static boolean touches(Box one, Box other) {
            return one.west() <= other.east()
                    && other.west() <= one.east()
                    && one.south() <= other.north()
                    && other.south() <= one.north();
        }
    }

    private static final class Watcher {

        private final Caller caller;
        private final List<Box> boxes;
        private long untold = NOTHING; // the last change that it is to be told of

        Watcher(Caller caller, List<Box> boxes) {
            this.caller = caller;
            this.boxes = boxes;
        }
    }
}
