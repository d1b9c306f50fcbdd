package io.framegate.contract;

import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.Direction;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Whether clients of a released contract can still speak to a server of another. They can when every message of the
 * release is there byte for byte; what is new does not matter, and neither does what a field is called or what is said of
 * it.
 *
 * <p>A new constant of an enum breaks clients only where a server sends it: old ones take its code for a broken answer.
 */
public final class ContractChanges {

    private final Contract released;
    private final Contract now;
    private final List<String> breaks = new ArrayList<>();

    private ContractChanges(Contract released, Contract now) {
        this.released = released;
        this.now = now;
    }

    /** A sentence for each change that breaks a client; empty where all is well. */
    public static List<String> breaking(Contract released, Contract now) {
        ContractChanges changes = new ContractChanges(released, now);
        released.messages().forEach(changes::compare);
        return changes.breaks.stream().distinct().toList();
    }

    private void compare(MessageType before) {
        String who = before.name() + " (" + before.id() + ")";
        Optional<MessageType> found = now.message(before.id());
        if (found.isEmpty()) {
            breaks.add(now.message(before.name())
                            .map(moved ->
                                    who + " has now the id " + moved.id() + ": clients still use the released one")
                            .orElse(who + " is gone: clients still use it")
                    + ".");
            return;
        }
        MessageType after = found.get();
        if (!after.name().equals(before.name())) {
            breaks.add("The id " + before.id() + " was that of " + before.name() + " and is now that of " + after.name()
                    + ": an id is never used again; take a new one.");
            return;
        }
        if (after.direction() != before.direction()) {
            breaks.add(who + " is a " + after.direction().word() + " now, it was a "
                    + before.direction().word() + ".");
        }
        if (before.answer().isPresent() && !before.answer().equals(after.answer())) {
            breaks.add(who + " is answered by " + after.answer().orElse("nothing known") + " now, it was by "
                    + before.answer().get() + ".");
        }
        long mostBefore = before.mostBytes().orElse(0);
        if (after.mostBytes().orElse(mostBefore) < mostBefore) {
            breaks.add(who + " has at most " + after.mostBytes().getAsLong() + " bytes of payload now, it had "
                    + mostBefore + ": clients may send more.");
        }
        compare(before.layout(), after.layout(), before.direction(), new HashSet<>());
    }

    private void compare(RecordType before, RecordType after, Direction direction, Set<String> seen) {
        if (!seen.add(before.name())) {
            return;
        }
        for (int i = 0; i < before.fields().size(); i++) {
            Field field = before.fields().get(i);
            String who = before.name() + "." + field.name();
            Optional<Field> sameName = after.fields().stream()
                    .filter(other -> other.name().equals(field.name()))
                    .findFirst();
            Optional<Field> samePlace =
                    i < after.fields().size() ? Optional.of(after.fields().get(i)) : Optional.empty();
            if (sameName.isPresent() && !sameName.equals(samePlace)) {
                breaks.add(who + " was field " + (i + 1) + " and is now field "
                        + (after.fields().indexOf(sameName.get()) + 1) + ": fields stay where they are"
                        + newVersion(before));
                return;
            }
            boolean laterOneMovedUp = samePlace.isPresent() && has(before, samePlace.get());
            if (samePlace.isEmpty() || (sameName.isEmpty() && laterOneMovedUp)) {
                breaks.add(who + " is gone" + newVersion(before));
                return;
            }
            compare(who, field, samePlace.get(), direction, seen, newVersion(before));
        }
        if (after.fields().size() > before.fields().size()) {
            breaks.add(after.name() + "."
                    + after.fields().get(before.fields().size()).name()
                    + " is new: clients expect nothing after the last field" + newVersion(before));
        }
    }

    private static boolean has(RecordType type, Field field) {
        return type.fields().stream().anyMatch(one -> one.name().equals(field.name()));
    }

    private void compare(
            String who, Field before, Field after, Direction direction, Set<String> seen, String newVersion) {
        if (before.differenceColumns() != after.differenceColumns()) {
            breaks.add(who + " holds differences in rows of " + after.differenceColumns() + " now, it was "
                    + before.differenceColumns() + newVersion);
        }
        compare(who, before.type(), after.type(), direction, seen, newVersion);
    }

    private void compare(
            String who, WireType before, WireType after, Direction direction, Set<String> seen, String newVersion) {
        if (before instanceof WireType.ListOf list && after instanceof WireType.ListOf other) {
            compare(who, list.element(), other.element(), direction, seen, newVersion);
        } else if (before instanceof WireType.RecordOf record && after instanceof WireType.RecordOf other) {
            compare(released.record(record.name()), now.record(other.name()), direction, seen);
        } else if (before instanceof WireType.EnumOf code && after instanceof WireType.EnumOf other) {
            compare(released.enumeration(code.name()), now.enumeration(other.name()), direction);
        } else if (!Objects.equals(before, after)) {
            breaks.add(who + " is " + after + " now, it was " + before + newVersion);
        }
    }

    private void compare(EnumType before, EnumType after, Direction direction) {
        for (Constant constant : before.constants()) {
            Optional<Constant> other = after.constant(constant.code());
            if (other.isEmpty()) {
                breaks.add(before.name() + "." + constant.name() + " has lost its code " + constant.code() + ".");
            } else if (!other.get().name().equals(constant.name())) {
                breaks.add("The code " + constant.code() + " of " + before.name() + " was " + constant.name()
                        + " and is now " + other.get().name() + ".");
            }
        }
        if (direction != Direction.REQUEST) {
            after.constants().stream()
                    .filter(constant -> before.constant(constant.code()).isEmpty())
                    .forEach(constant ->
                            breaks.add(after.name() + "." + constant.name() + " is new, and responses have it:"
                                    + " released clients cannot read its code " + constant.code() + "."));
        }
    }

    private static String newVersion(RecordType type) {
        return "; leave " + type.name() + " as it is, and make a record of another version.";
    }
}
