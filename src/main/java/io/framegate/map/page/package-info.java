/**
 * Behind the page at {@code /map}: a browser cannot speak TCP, so this asks the gate's port in its place, as any client
 * would, and hands the answers on as they are. It asks neither the entities nor the queries: what the page draws is what
 * the port answers.
 *
 * <p>Who may call it: nobody; the page's scripts do, in {@code src/main/webapp/map}. Begin reading at
 * {@link io.framegate.map.page.FeaturesResource}.
 */
@NullMarked
package io.framegate.map.page;

import org.jspecify.annotations.NullMarked;
