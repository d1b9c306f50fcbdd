package io.framegate.map.load;

import io.framegate.map.message.PassRule;
import io.framegate.map.message.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What OpenStreetMap's tags say of a turn restriction.
 *
 * <pre>
 *  key                                    vehicles  condition
 *  restriction                            all       none
 *  restriction:hgv                        hgv       none
 *  restriction:conditional                all       what follows the @ of each part
 *  restriction:hgv:conditional            hgv       what follows the @ of each part
 *
 *  value                                  rule, turn
 *  no_…, only_…                           FORBIDDEN, ONLY
 *  …_straight_on, …_left_turn,
 *  …_right_turn, …_u_turn                 STRAIGHT, LEFT, RIGHT, U_TURN
 *  no_entry, no_exit                      ENTRY, EXIT
 * </pre>
 *
 * A conditional value has parts like {@code no_left_turn @ (Mo-Fr 07:00-09:00)}, separated by semicolons outside the
 * parentheses. Other values, and a part without an @, say nothing.
 */
final class TurnRules {

    private static final String KEY = "restriction";
    private static final String CONDITIONAL = ":conditional";

    /** A rule without its links. */
    record Rule(PassRule rule, Turn turn, String vehicles, String condition) {}

    private TurnRules() {}

    /** All rules that a relation states, in the order of its keys; none if it is no restriction. */
    static List<Rule> rules(Map<String, String> tags) {
        List<Rule> rules = new ArrayList<>();
        if (!tags.getOrDefault("type", "").equals(KEY)) {
            return rules;
        }
        tags.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(tag -> {
            String key = tag.getKey();
            boolean conditional = key.endsWith(CONDITIONAL);
            String plain = conditional ? key.substring(0, key.length() - CONDITIONAL.length()) : key;
            if (plain.equals(KEY) || plain.startsWith(KEY + ":")) {
                String vehicles = plain.substring(Math.min(plain.length(), KEY.length() + 1));
                if (conditional) {
                    addConditional(tag.getValue(), vehicles, rules);
                } else {
                    add(tag.getValue(), vehicles, "", rules);
                }
            }
        });
        return rules;
    }

    private static void addConditional(String value, String vehicles, List<Rule> rules) {
        int depth = 0;
        int from = 0;
        for (int i = 0; i <= value.length(); i++) {
            char c = i == value.length() ? ';' : value.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ';' && (depth <= 0 || i == value.length())) {
                String part = value.substring(from, i);
                int at = part.indexOf('@');
                if (at >= 0) {
                    add(part.substring(0, at), vehicles, withoutParentheses(part.substring(at + 1)), rules);
                }
                from = i + 1;
            }
        }
    }

    private static String withoutParentheses(String condition) {
        String text = condition.strip();
        boolean enclosed = text.startsWith("(") && text.indexOf(')') == text.length() - 1;
        return enclosed ? text.substring(1, text.length() - 1).strip() : text;
    }

    private static void add(String value, String vehicles, String condition, List<Rule> rules) {
        String word = value.strip();
        boolean only = word.startsWith("only_");
        Optional<Turn> turn =
                switch (word) {
                    case "no_straight_on", "only_straight_on" -> Optional.of(Turn.STRAIGHT);
                    case "no_left_turn", "only_left_turn" -> Optional.of(Turn.LEFT);
                    case "no_right_turn", "only_right_turn" -> Optional.of(Turn.RIGHT);
                    case "no_u_turn", "only_u_turn" -> Optional.of(Turn.U_TURN);
                    case "no_entry" -> Optional.of(Turn.ENTRY);
                    case "no_exit" -> Optional.of(Turn.EXIT);
                    default -> Optional.empty();
                };
        turn.ifPresent(
                known -> rules.add(new Rule(only ? PassRule.ONLY : PassRule.FORBIDDEN, known, vehicles, condition)));
    }
}
