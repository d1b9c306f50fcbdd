-- Turn rules that lead over links, of which there are few: a save that changes a link looks at all of them, since only
-- their records say which links. A rule without is found by its node, where both of its links end.
create index pass_info_over_links on pass_info (data_set, id) where octet_length(via_links) > 0;
