/**
 * What every request over HTTP passes before the pages and the administration: under which name the server is asked, how many
 * requests there are of one client, how large a body is and how long it takes. Nothing here knows what is asked for.
 *
 * <p>Who may call it: nobody; the container does. Begin reading at {@link io.framegate.ops.http.RequestLimits}.
 */
@NullMarked
package io.framegate.ops.http;

import org.jspecify.annotations.NullMarked;
