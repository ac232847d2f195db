/**
 * A torrent's data on disk: {@link io.torrentstream.storage.TorrentDisk} is what a session sees,
 * {@link io.torrentstream.storage.DiskLanes} are the threads that do the work, {@link
 * io.torrentstream.storage.DataVerifier} checks data without writing. Files are called {@code
 * NAME.part} until each of their pieces has been verified (BEP 3); pad files (BEP 47) are never
 * written; resume data lists nothing that has not been forced to the disk.
 *
 * <p>Threads: {@code TorrentDisk} is confined to the torrent's loop; behind it, everything of a
 * piece happens on one lane, each lane has its own {@code TorrentLane}, and what takes seconds
 * happens on the flush thread. No mapped memory is touched anywhere else.
 */
package io.torrentstream.storage;
