package io.framegate.map.store;

import io.framegate.map.message.Changes;
import io.framegate.map.message.Direction;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.PassRule;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.PolylineKind;
import io.framegate.map.message.RoadClass;
import io.framegate.map.message.Turn;
import io.framegate.message.WireCode;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A kind as its code on the wire. One small class for each enum, since Jakarta Persistence reads the types from the
 * class.
 *
 * @param <E> the enum
 */
public abstract class CodedConverter<E extends Enum<E> & WireCode> {

    private final Map<Integer, E> byCode;

    CodedConverter(Class<E> type) {
        this.byCode =
                Arrays.stream(type.getEnumConstants()).collect(Collectors.toMap(WireCode::code, Function.identity()));
    }

    /** The code. */
    public Integer convertToDatabaseColumn(E value) {
        return value.code();
    }

    /**
     * The constant of a code.
     *
     * @throws NullPointerException for a code that there is none for, naming it
     */
    public E convertToEntityAttribute(Integer code) {
        return Objects.requireNonNull(byCode.get(code), () -> "no constant has the code " + code);
    }

    /** Of {@code link.road_class}. */
    @Converter
    public static class OfRoadClass extends CodedConverter<RoadClass>
            implements AttributeConverter<RoadClass, Integer> {
        /** For Jakarta Persistence. */
        public OfRoadClass() {
            super(RoadClass.class);
        }
    }

    /** Of {@code link.direction}. */
    @Converter
    public static class OfDirection extends CodedConverter<Direction>
            implements AttributeConverter<Direction, Integer> {
        /** For Jakarta Persistence. */
        public OfDirection() {
            super(Direction.class);
        }
    }

    /** Of {@code node.kind}. */
    @Converter
    public static class OfNodeKind extends CodedConverter<NodeKind> implements AttributeConverter<NodeKind, Integer> {
        /** For Jakarta Persistence. */
        public OfNodeKind() {
            super(NodeKind.class);
        }
    }

    /** Of {@code polygon.kind}. */
    @Converter
    public static class OfPolygonKind extends CodedConverter<PolygonKind>
            implements AttributeConverter<PolygonKind, Integer> {
        /** For Jakarta Persistence. */
        public OfPolygonKind() {
            super(PolygonKind.class);
        }
    }

    /** Of {@code change.kind}. */
    @Converter
    public static class OfElementKind extends CodedConverter<ElementKind>
            implements AttributeConverter<ElementKind, Integer> {
        /** For Jakarta Persistence. */
        public OfElementKind() {
            super(ElementKind.class);
        }
    }

    /** Of {@code change.operation}. */
    @Converter
    public static class OfOperation extends CodedConverter<Changes.Operation>
            implements AttributeConverter<Changes.Operation, Integer> {
        /** For Jakarta Persistence. */
        public OfOperation() {
            super(Changes.Operation.class);
        }
    }

    /** Of {@code polyline.kind}. */
    @Converter
    public static class OfPolylineKind extends CodedConverter<PolylineKind>
            implements AttributeConverter<PolylineKind, Integer> {
        /** For Jakarta Persistence. */
        public OfPolylineKind() {
            super(PolylineKind.class);
        }
    }

    /** Of {@code pass_info.rule}. */
    @Converter
    public static class OfPassRule extends CodedConverter<PassRule> implements AttributeConverter<PassRule, Integer> {
        /** For Jakarta Persistence. */
        public OfPassRule() {
            super(PassRule.class);
        }
    }

    /** Of {@code pass_info.turn}. */
    @Converter
    public static class OfTurn extends CodedConverter<Turn> implements AttributeConverter<Turn, Integer> {
        /** For Jakarta Persistence. */
        public OfTurn() {
            super(Turn.class);
        }
    }
}
