package io.framegate.map.message;

import io.framegate.message.Utf8;
import java.util.List;

/**
 * A turn rule: whoever comes along one link may not take another, or must.
 *
 * <pre>
 *  size field
 *     8 id           int64: OpenStreetMap's relation · 4096 + the rule's number in it
 *     4 version      int32: grows with every change
 *     8 fromLink     int64: the id of the {@link Link} that one comes along
 *     8 viaNode      int64: the id of the {@link Node} where that link is left
 *  4+8n viaLinks     list of int64: the ids of the links between, in the order in which they are taken; mostly none
 *     8 toLink       int64: the id of the link that the rule is about
 *     4 rule         int32: {@link PassRule}
 *     4 turn         int32: {@link Turn}
 *     4 longitudeE7  int32: of the node, 1e-7 degree
 *     4 latitudeE7   int32: of the node, 1e-7 degree
 *     1 minZoom      int8: the zoom level from which on both links are shown
 *   4+n vehicles     narrow text: whom it is for, like {@code hgv}; empty for all vehicles
 *   4+n except       narrow text: whom it is not for, separated by semicolons, like {@code bicycle;psv}; may be empty
 *   4+n condition    narrow text: when it holds, like {@code Mo-Fr 07:00-09:00}; empty for always
 * </pre>
 *
 * The three texts are in OpenStreetMap's own words: the suffix of {@code restriction:hgv}, the tag {@code except}, and
 * what follows the @ in {@code restriction:conditional}. A rule lies where its node is.
 */
public record PassInfo(
        long id,
        int version,
        long fromLink,
        long viaNode,
        List<Long> viaLinks,
        long toLink,
        PassRule rule,
        Turn turn,
        int longitudeE7,
        int latitudeE7,
        byte minZoom,
        @Utf8 String vehicles,
        @Utf8 String except,
        @Utf8 String condition) {

    public PassInfo {
        viaLinks = List.copyOf(viaLinks);
    }

    /** The same rule with its node elsewhere, in 1e-7 degree, or shown from another zoom level on. */
    public PassInfo placed(int longitudeE7, int latitudeE7, byte minZoom) {
        return new PassInfo(
                id,
                version,
                fromLink,
                viaNode,
                viaLinks,
                toLink,
                rule,
                turn,
                longitudeE7,
                latitudeE7,
                minZoom,
                vehicles,
                except,
                condition);
    }
}
