/**
 * Whom to upload to: {@link io.torrentstream.choker.Choker} (BEP 3 tit for tat with optimistic
 * unchokes, and round-robin for seeds). Pure decisions: time and randomness are passed in. A choker
 * is confined to its torrent's loop.
 */
package io.torrentstream.choker;
