package io.framegate.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.contract.json.JsonText;
import io.framegate.ops.Instances.Action;
import io.framegate.ops.Instances.Order;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GridMembersTest {

    private static final Order SET =
            new Order(Instances.ALL, Action.SET, "framegate.workers.threads", "7", "admin", "192.0.2.7");

    private final GridMembers members = new GridMembers();

    @Test
    void repeatsMissedOrdersWhenASilentMemberReturns() {
        members.found("other", said("t1", "run", "SERVING"), seconds(0));
        members.missed("other", SET, "me/1", seconds(1));
        members.look(seconds(4));
        assertEquals("UNREACHABLE", other().getString("state"));
        assertEquals(1, other().getJsonArray("missedSettings").size());
        assertEquals(
                Map.of("grid-unreachable", "other", "grid-missed-settings", "other: framegate.workers.threads"),
                members.health());
        assertEquals(List.of(), members.open());

        members.found("other", said("t2", "run", "SERVING"), seconds(40));
        assertEquals("SERVING", other().getString("state"));
        GridMembers.Missed missed = members.open().get(0);
        assertTrue(members.isDueAgain(missed, "me/2", seconds(40)));
        GridMembers.Missed again = members.open().get(0);
        assertEquals("me/2", again.number());
        assertFalse(members.isDueAgain(again, "me/3", seconds(41)), "it has just been given again");
        members.settled(again, "");
        assertEquals(Map.of("grid-met-again", "other after 40 s, at t2"), members.health());
    }

    @Test
    void restartedMembersGetNoOldOrders() {
        members.found("other", said("t1", "run", "SERVING"), seconds(0));
        members.missed("other", SET, "me/1", seconds(1));
        members.found("other", said("t2", "another", "SERVING"), seconds(2));
        assertEquals(List.of(), members.open());
        members.found("other", said("t3", "another", "ENDED"), seconds(3));
        assertEquals(List.of(), members.names());
    }

    @Test
    void keepsTheSenderOfAnOrder() {
        assertEquals(SET, Order.of(SET.text()));
        assertEquals(SET, Order.of(SET.only("other").text()).only(Instances.ALL));
        // A gate that was started before the others were updated.
        Order older = Order.of("{\"to\":\"all\",\"action\":\"PAUSE\",\"name\":\"\",\"value\":\"\"}");
        assertEquals(new Order(Instances.ALL, Action.PAUSE, "", "", "", ""), older);
    }

    private JsonObject other() {
        return members.all("me", said("t0", "mine", "SERVING")).getJsonObject(1);
    }

    private static JsonObject said(String time, String run, String state) {
        return JsonText.JSON
                .createObjectBuilder()
                .add("time", time)
                .add("run", run)
                .add("state", state)
                .add("set", JsonText.JSON.createObjectBuilder())
                .build();
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
