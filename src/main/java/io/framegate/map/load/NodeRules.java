package io.framegate.map.load;

import io.framegate.map.message.NodeKind;
import java.util.Map;

/** What OpenStreetMap's tags say of a node on a road. */
final class NodeRules {

    private NodeRules() {}

    static NodeKind kind(Map<String, String> tags) {
        NodeKind byHighway =
                switch (tags.getOrDefault("highway", "")) {
                    case "traffic_signals" -> NodeKind.TRAFFIC_SIGNALS;
                    case "crossing" -> NodeKind.CROSSING;
                    case "stop" -> NodeKind.STOP;
                    case "give_way" -> NodeKind.GIVE_WAY;
                    case "mini_roundabout" -> NodeKind.MINI_ROUNDABOUT;
                    case "motorway_junction" -> NodeKind.MOTORWAY_JUNCTION;
                    case "turning_circle", "turning_loop" -> NodeKind.TURNING_CIRCLE;
                    default -> NodeKind.PLAIN;
                };
        if (byHighway != NodeKind.PLAIN) {
            return byHighway;
        }
        String railway = tags.getOrDefault("railway", "");
        if (railway.equals("level_crossing") || railway.equals("crossing")) {
            return NodeKind.LEVEL_CROSSING;
        }
        return switch (tags.getOrDefault("barrier", "no")) {
            case "no" -> NodeKind.PLAIN;
            case "toll_booth" -> NodeKind.TOLL_BOOTH;
            case "border_control" -> NodeKind.BORDER_CONTROL;
            default -> NodeKind.BARRIER;
        };
    }

    /** The name of a junction, else the number of its exit, else nothing. */
    static String name(Map<String, String> tags) {
        return tags.getOrDefault("name", tags.getOrDefault("ref", ""));
    }
}
