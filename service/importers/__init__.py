"""Files into the register: readers, mapping profiles as data, checks, and the pipeline that joins them."""
